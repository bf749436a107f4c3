//! What the system tells: files that changed, and that somebody wants to stop.
//!
//! Folders are watched one by one, so that what nobody lints (assets, `node_modules`) costs nothing. Where the system has no
//! watches left, or the file system tells nothing, the folders are looked at every two seconds instead.
use notify::{Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// How often folders are looked at where the system does not tell.
const POLLED: Duration = Duration::from_secs(2);

/// Something happened.
pub(super) enum Notice {
    /// These files may be other than they were.
    Changed(Vec<PathBuf>),
    /// Somebody wants an end.
    Stop,
}

/// What tells it.
pub(super) struct Notices {
    pub receiver: Receiver<Notice>,
    sender: Sender<Notice>,
    watcher: Box<dyn Watcher>,
    polling: bool,
    watched: BTreeSet<PathBuf>,
}

impl Notices {
    /// Listens, to nothing yet but to Ctrl-C and its like.
    ///
    /// # Errors
    /// Why the system cannot be listened to, in words.
    pub fn begin() -> Result<Notices, String> {
        let (sender, receiver) = mpsc::channel();
        let stop = sender.clone();
        // Nobody listens any more once the watch has ended.
        let heard = ctrlc::set_handler(move || _ = stop.send(Notice::Stop));
        heard.map_err(|error| format!("Ctrl-C cannot be listened to: {error}"))?;
        let recommended = RecommendedWatcher::new(handler(sender.clone()), Config::default());
        let (watcher, polling): (Box<dyn Watcher>, bool) = match recommended {
            Ok(watcher) => (Box::new(watcher), false),
            Err(_) => (poll(&sender)?, true),
        };
        Ok(Notices { receiver, sender, watcher, polling, watched: BTreeSet::new() })
    }

    /// Listens to these folders, and no longer to others.
    pub fn watch(&mut self, folders: &BTreeSet<PathBuf>) {
        for gone in self.watched.difference(folders) {
            // A folder that was removed is watched no more.
            let _ = self.watcher.unwatch(gone);
        }
        self.watched.retain(|folder| folders.contains(folder));
        for folder in folders {
            // A folder that was made anew needs a watch of its own, and the old one is gone by itself.
            if self.watcher.watch(folder, RecursiveMode::NonRecursive).is_ok() {
                self.watched.insert(folder.clone());
            } else if !self.polling && folder.is_dir() {
                return self.poll_instead(folders);
            }
        }
    }

    fn poll_instead(&mut self, folders: &BTreeSet<PathBuf>) {
        if let Ok(watcher) = poll(&self.sender) {
            self.watcher = watcher;
            self.polling = true;
            self.watched.clear();
            self.watch(folders);
        }
    }
}

fn poll(sender: &Sender<Notice>) -> Result<Box<dyn Watcher>, String> {
    let config = Config::default().with_poll_interval(POLLED).with_compare_contents(true);
    let watcher = PollWatcher::new(handler(sender.clone()), config);
    watcher.map(|watcher| Box::new(watcher) as Box<dyn Watcher>).map_err(|error| error.to_string())
}

fn handler(sender: Sender<Notice>) -> impl FnMut(notify::Result<notify::Event>) + Send + 'static {
    move |event| {
        let paths = match event {
            // To be read is no change: whoever lints reads.
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
            Ok(event) => event.paths,
            // Something may have been missed: the folders themselves are looked at.
            Err(error) => error.paths,
        };
        // Nobody listens any more once the watch has ended.
        let _ = sender.send(Notice::Changed(paths));
    }
}
