//! Each path that `diff` tells leads to what differs, on the sides that have it.

use halfsour_inspect::diff::{Change, Diff, Rules};
use halfsour_inspect::path::resolve;
use halfsour_value::Graph;
use halfsour_vm::{Limits, Loader, Options};

fn load(bytes: &[u8]) -> Option<Graph<&[u8]>> {
    let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
    Loader::with_options(options).load(bytes).ok()
}

/// Objects of one script, of which each is compared with the one before it, have much in common, and differ.
#[test]
fn what_differs_is_got() {
    let (mut followed, mut lost) = (0, Vec::new());
    let packages = halfsour_fixtures::packages();
    for pair in packages.windows(2).filter(|pair| pair[0].script == pair[1].script) {
        let (Some(old), Some(new)) = (load(&pair[0].bytes), load(&pair[1].bytes)) else { continue };
        let mut diff = Diff::new(Rules::default(), 100);
        if diff.graphs(&old, &new).is_err() {
            continue;
        }
        for difference in diff.differences() {
            let text = difference.path();
            // Long paths are cut; an order, or a member of a set, has no place.
            if text.contains(" … ") {
                continue;
            }
            let Ok(path) = text.parse() else {
                lost.push(format!("{}: {text}: no path", pair[1]));
                continue;
            };
            let is_in = |graph: &Graph<&[u8]>| resolve(graph.root(), &path).is_ok();
            let (is_old, is_new) = match difference.change() {
                Change::Removed(_) => (true, false),
                Change::Part(part) => (part.old.is_some() && part.new.is_none(), part.new.is_some()),
                _ => (false, true),
            };
            if is_old && !is_in(&old) || is_new && !is_in(&new) {
                lost.push(format!("{}: {difference}", pair[1]));
            }
            followed += 1;
        }
    }
    let few = &lost[..lost.len().min(60)];
    assert!(lost.is_empty(), "{} of {followed}: {few:#?}", lost.len());
    assert!(followed > 1000, "{followed}");
}
