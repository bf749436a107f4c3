//! The binary: hands the arguments to the command line module and returns its exit code.
use std::process::ExitCode;

/// Many small values live for one assembly and die together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stackproof::cli::main()
}
