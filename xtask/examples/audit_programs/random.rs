//! Random numbers that a seed determines.

/// A generator: splitmix64.
pub struct Random(u64);

impl Random {
    /// The numbers of one case of a seed.
    pub fn new(seed: u64, case: u64) -> Self {
        Self(mixed(mixed(seed) ^ case))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a usize has at most 64 bits");
        usize::try_from(self.next() % end).expect("it is below a usize")
    }

    /// Whether something that comes in `percent` of all cases comes now.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn choose<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A number from `low` to `high`, often one of these two.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        match self.below(4) {
            0 => low,
            1 => high,
            _ => {
                let span = i128::from(high) - i128::from(low) + 1;
                let offset = i128::from(self.next()) % span.max(1);
                i64::try_from(i128::from(low) + offset).expect("it is between the two")
            }
        }
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_le_bytes()[0]).take(length).collect()
    }
}

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
