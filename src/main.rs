//! The binary: hands the arguments to the command line module and returns its exit code.
use std::process::ExitCode;

fn main() -> ExitCode {
    stackproof::cli::main()
}
