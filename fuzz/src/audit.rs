//! The properties of audits.

use std::sync::LazyLock;

use halfsour_audit::{Action, Auditor, Policy};
use halfsour_value::{Id, Kind, View};
use halfsour_vm::{Event, Loader, Observer, Options};

static AUDITOR: LazyLock<Auditor> = LazyLock::new(|| Auditor::new(Policy::default()));

/// An attack to put before a stream: a call whose result is dropped.
const ATTACK: &[u8] = b"cos\nsystem\n(S'id'\ntR0";

/// Counts the imports and calls of a stream, without any judgement.
#[derive(Default)]
struct Watcher {
    imports: u64,
    calls: u64,
    /// The calls of objects that are not globals, and the steps applied to globals.
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

/// Checks the audit: every import and call that the machine reached is in the report, a step applied to a global is a finding,
/// a stream that is cut off is not clean, and no stream behind an attack hides it.
pub fn audit(input: &[u8]) {
    let report = AUDITOR.audit(input);
    assert_eq!(report, AUDITOR.audit(input), "an audit is deterministic");
    let mut watcher = Watcher::default();
    let mut loader = Loader::with_options(Options::default().with_require_buffers(false));
    let graph = loader.load_observed(input, 0, &mut watcher);
    let sum = |count: fn(&halfsour_audit::Import) -> u64| report.imports.iter().map(count).sum::<u64>();
    assert!(sum(|import| import.imports) >= watcher.imports, "an import is missing: {report:?}");
    assert!(sum(|import| import.calls + import.instances) >= watcher.calls, "a call is missing: {report:?}");
    let found = |action| report.findings.iter().filter(|finding| finding.action == action).count();
    assert!(
        watcher.changes == 0 || found(Action::Build) + found(Action::Append) + found(Action::SetItem) > 0
    );
    // A call of an object that is no global is a finding, unless `…_unpickle` looked the object up.
    let unnamed = watcher.others == 0 || !report.findings.is_empty();
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
