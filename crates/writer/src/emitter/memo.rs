//! The opcodes of the memo.

use halfsour_opcode::Opcode;

use super::Emitter;

impl Emitter {
    /// Puts the object on top of the stack into the next slot of the memo. Returns the slot.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn memoize(&mut self) -> u64 {
        let slot = self.memoized;
        if self.counts_slots {
            self.memoized += 1;
            self.op(Opcode::Memoize);
        } else {
            self.put(slot);
        }
        slot
    }

    /// Puts the object on top of the stack into a slot of the memo.
    pub(crate) fn put(&mut self, slot: u64) {
        if self.counts_slots && slot == self.memoized {
            self.op(Opcode::Memoize);
        } else {
            self.slot(slot, Opcode::Put, Opcode::BinPut, Opcode::LongBinPut);
        }
        self.memoized += 1;
    }

    /// Pushes the object in a slot of the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn get(&mut self, slot: u64) {
        self.object();
        self.slot(slot, Opcode::Get, Opcode::BinGet, Opcode::LongBinGet);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn slot(&mut self, slot: u64, text: Opcode, short: Opcode, long: Opcode) {
        self.in_frame();
        match (self.protocol, u8::try_from(slot), u32::try_from(slot)) {
            (1.., Ok(slot), _) => self.write(short, [slot]),
            (1.., _, Ok(slot)) => self.write(long, slot.to_le_bytes()),
            _ => self.line(text, slot, ""),
        }
    }
}
