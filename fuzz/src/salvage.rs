//! The properties of salvaging what is left of a file.

use bytes::Bytes;
use halfsour_files::{Limits as FileLimits, Options as FileOptions, Source};
use halfsour_vm::{Limits, Loader, Options};

use crate::budget::within;
use crate::visit;

/// Checks salvaging: a pickle that loads is whole and the same, of any other the graph is sound and holds no more than the budget; zeros at
/// which it ends change nothing of what comes before them. What is decompressed of a file that is cut off is the beginning of the whole.
pub fn salvage(input: &[u8]) {
    const MEMORY: usize = 1 << 20;
    let limits = Limits::default().with_memory(MEMORY);
    let loader = || Loader::with_options(Options::default().with_limits(limits).with_require_buffers(false));
    let salvaged = within(2 * MEMORY + 64 * input.len() + 8192, input, || loader().salvage(input, 0, ()));
    match (loader().load(input), &salvaged) {
        (Ok(graph), Ok(salvaged)) => {
            assert!(salvaged.damage.is_none(), "it is whole");
            assert_eq!(salvaged.graph.node_count(), graph.node_count());
        }
        (Ok(_), Err(error)) => panic!("what loads cannot be salvaged: {error}"),
        (Err(_), Ok(salvaged)) => assert!(salvaged.damage.is_some(), "it does not load"),
        (Err(_), Err(_)) => {}
    }
    if let Ok(salvaged) = salvaged {
        visit(&salvaged.graph, |_| {});
        let _ = salvaged.graph.root().to_string();
        if let Some(damage) = salvaged.damage {
            assert!(!damage.to_string().is_empty());
            assert!(
                damage.there == input.len() && damage.wanted.is_none_or(|wanted| wanted > input.len() as u64)
            );
            if let Some(zeros) = damage.zeros.clone() {
                assert!(input[zeros.clone()].iter().all(|&byte| byte == 0));
                let before = loader().salvage(&input[..zeros.start], 0, ()).expect("it has been salvaged");
                assert_eq!(before.graph.root().to_string(), salvaged.graph.root().to_string());
            }
            let mut graph = salvaged.graph;
            for id in damage.open() {
                assert!(graph.remove_last(*id), "its last member was unfinished");
            }
            visit(&graph, |_| {});
        }
    }
    compressed(input);
}

/// Of the input as a file that is compressed, and of its beginning.
fn compressed(input: &[u8]) {
    let limits = FileLimits::UNTRUSTED.with_total(4 << 20).with_depth(4).with_window(1 << 20);
    let options = FileOptions::from(limits).with_salvage(true);
    let open = |bytes: &[u8]| Source::from_bytes("input", Bytes::copy_from_slice(bytes), options);
    let Some((_, cut)) = input.split_last() else { return };
    if let (Ok(whole), Ok(cut)) = (open(input), open(cut))
        && let ([of_whole], [of_cut]) = (whole.layers(), cut.layers())
        && of_whole.format == of_cut.format
        && cut.damage().is_some()
        && whole.damage().is_none()
    {
        assert!(whole.bytes().starts_with(cut.bytes()), "{}", input.escape_ascii());
    }
}
