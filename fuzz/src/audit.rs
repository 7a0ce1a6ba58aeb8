//! What an audit must say.

use std::sync::LazyLock;

use halfsour_audit::{Action, Auditor, Policy, Verdict};
use halfsour_value::{Id, Kind, View};
use halfsour_vm::{Event, Loader, Observer, Options};

static AUDITOR: LazyLock<Auditor> = LazyLock::new(|| Auditor::new(Policy::default()));

/// A call whose result is dropped, before anything else.
const ATTACK: &[u8] = b"cos\nsystem\n(S'id'\ntR0";

/// Counts what a stream names and calls, without any judgement.
#[derive(Default)]
struct Watcher {
    imports: u64,
    calls: u64,
    /// Calls of what is no name, and what is done to names.
    others: u64,
    changes: u64,
}

impl Observer for Watcher {
    fn event(&mut self, view: View<'_>, _: usize, event: Event) {
        let is_name = |id: Id| view.kind(id) == Kind::Global;
        match event {
            Event::Import(id) => self.imports += u64::from(is_name(id)),
            Event::Call { callable, .. } | Event::New { class: callable, .. } if is_name(callable) => {
                self.calls += 1;
            }
            Event::Call { .. } | Event::New { .. } => self.others += 1,
            Event::Build { object, .. } | Event::Append { object, .. } | Event::SetItem { object, .. }
                if is_name(object) =>
            {
                self.changes += 1;
            }
            _ => {}
        }
    }
}

/// Every import and call that the machine reached is in the report, what changes a name is a finding, what is cut is not
/// clean, and nothing that follows an attack hides it.
pub fn audit(input: &[u8]) {
    let report = AUDITOR.audit(input);
    assert_eq!(report, AUDITOR.audit(input), "an audit is deterministic");
    let mut watcher = Watcher::default();
    let mut loader = Loader::with_options(Options { require_buffers: false, ..Options::default() });
    let graph = loader.load_observed(input, 0, &mut watcher);
    let sum = |count: fn(&halfsour_audit::Import) -> u64| report.imports.iter().map(count).sum::<u64>();
    assert!(sum(|import| import.imports) >= watcher.imports, "an import is missing: {report:?}");
    assert!(sum(|import| import.calls + import.instances) >= watcher.calls, "a call is missing: {report:?}");
    let found = |action| report.findings.iter().filter(|finding| finding.action == action).count();
    assert!(
        watcher.changes == 0 || found(Action::Build) + found(Action::Append) + found(Action::SetItem) > 0
    );
    // A name that was looked up may be called, too.
    let unnamed = watcher.others == 0 || report.verdict == Verdict::Findings;
    assert!(unnamed || report.imports.iter().any(|import| import.name.ends_with("_unpickle")), "{report:?}");
    if report.is_clean() {
        let end = graph.expect("what is clean can be loaded").end();
        let cut = AUDITOR.audit(&input[..end - 1]);
        assert!(!cut.is_clean(), "it is clean without its end");
        assert!(report.imports.iter().all(|import| import.listed));
    }

    let attack = [ATTACK, input].concat();
    for end in [attack.len(), ATTACK.len() + input.len() / 2, ATTACK.len()] {
        let report = AUDITOR.audit(&attack[..end]);
        let calls = |finding: &halfsour_audit::Finding| {
            finding.action == Action::Call && finding.code == "os.system('id')"
        };
        assert!(report.findings.iter().any(calls), "{report:?}");
    }
}
