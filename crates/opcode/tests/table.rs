//! The table is that of CPython's own `pickletools`, column by column.

use halfsour_opcode::Opcode;

#[test]
fn every_column_is_pickletools() {
    let rows = halfsour_fixtures::opcodes();
    assert_eq!(rows.len(), Opcode::ALL.len());
    for row in rows {
        let opcode = Opcode::from_byte(row.byte).unwrap_or_else(|| panic!("{} is missing", row.name));
        assert_eq!(opcode.name(), row.name);
        assert_eq!(opcode.byte(), row.byte, "{opcode}");
        assert_eq!(opcode.arg().map(|kind| kind.name().to_owned()), row.arg, "{opcode}");
        let names = |items: &[halfsour_opcode::StackItem]| -> Vec<String> {
            items.iter().map(|item| item.name().to_owned()).collect()
        };
        assert_eq!(names(opcode.stack_before()), row.before, "{opcode}");
        assert_eq!(names(opcode.stack_after()), row.after, "{opcode}");
        assert_eq!(opcode.protocol(), row.protocol, "{opcode}");
        assert_eq!(opcode.summary(), row.doc, "{opcode}");
    }
}

#[test]
fn no_other_byte_is_an_opcode() {
    let opcodes = (0..=u8::MAX).filter_map(Opcode::from_byte).collect::<Vec<_>>();
    assert_eq!(opcodes, Opcode::ALL);
}
