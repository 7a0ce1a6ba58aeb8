//! Hashes as Pythons compute them: keys of one hash cost a dict as many steps as there are of them.
//!
//! Text and bytes have a secret in their hash since Python 3.3, and may stand for themselves; in Python 2.7 they have none.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Id, Kind, View};
use hashbrown::HashMap;

/// Pythons that compute hashes alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// 3.8 and later.
    New,
    /// 3.3 to 3.7.
    Old,
    Python2,
}

/// Computes the hashes of keys in one graph.
pub(crate) struct Hashes<'g, 's> {
    graph: &'g Graph<&'s [u8]>,
    family: Family,
    known: HashMap<Id, Option<u64>>,
}

/// How deep tuples are looked into.
const DEEPEST: usize = 100;
/// A prime, by which Python 3 divides numbers.
const MODULUS: u64 = (1 << 61) - 1;

impl<'g, 's> Hashes<'g, 's> {
    pub fn new(graph: &'g Graph<&'s [u8]>, family: Family) -> Self {
        Self { graph, family, known: HashMap::new() }
    }

    /// Whether keys of this kind have other hashes than one can foresee.
    pub fn is_secret(&self, id: Id) -> bool {
        let is_text =
            matches!(self.graph.view().peek(id), Peek::Str(_) | Peek::ByteString(_) | Peek::Bytes(_));
        is_text && self.family != Family::Python2
    }

    /// The hash of a key, or a number that is equal for keys that have equal ones; `None` if it is not known.
    pub fn of(&mut self, id: Id) -> Option<u64> {
        self.hash(id, 0)
    }

    fn hash(&mut self, id: Id, depth: usize) -> Option<u64> {
        let view = self.graph.view();
        let is_python2 = self.family == Family::Python2;
        let hash = match view.peek(id) {
            Peek::None => 0x5eed,
            Peek::Bool(value) => u64::from(value),
            Peek::Int(value) if is_python2 => value.cast_unsigned(),
            Peek::Int(value) => signed(value < 0, value.unsigned_abs() % MODULUS),
            Peek::BigInt(bytes) => {
                let modulus = if is_python2 { u64::MAX } else { MODULUS };
                signed(is_negative(bytes), remainder(bytes, modulus))
            }
            Peek::Float(value) => self.float(value),
            Peek::Complex(re, im) => self.float(re).wrapping_add(self.float(im).wrapping_mul(1_000_003)),
            Peek::Str(text) if is_python2 && !text.is_ascii() => of_code_points(text),
            Peek::Str(text) | Peek::ByteString(text) | Peek::Bytes(text) => of_text(text),
            Peek::Global(..) => (id.index()? as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            Peek::Tuple(_) | Peek::FrozenSet(_) | Peek::Instance(_) => {
                if let Some(&known) = self.known.get(&id) {
                    return known;
                }
                let hash = (depth < DEEPEST).then(|| self.compound(id, depth)).flatten();
                self.known.insert(id, hash);
                return hash;
            }
            _ => return None,
        };
        Some(if hash == u64::MAX { u64::MAX - 1 } else { hash })
    }

    fn compound(&mut self, id: Id, depth: usize) -> Option<u64> {
        match self.graph.view().peek(id) {
            Peek::Tuple(items) => self.tuple(items, depth),
            Peek::FrozenSet(items) => {
                let mut all = 0;
                for &item in items {
                    let hash = self.hash(item, depth + 1)?;
                    all ^= (hash ^ 0x055b_4db3 ^ (hash << 16)).wrapping_mul(3_644_798_167);
                }
                Some(all ^ (items.len() as u64 + 1).wrapping_mul(1_927_868_237))
            }
            _ => self.instance(id, depth),
        }
    }

    fn tuple(&mut self, items: &[Id], depth: usize) -> Option<u64> {
        const PRIMES: [u64; 3] =
            [11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 2_870_177_450_012_600_261];
        if self.family == Family::New {
            let mut sum = PRIMES[2];
            for &item in items {
                let lane = self.hash(item, depth + 1)?.wrapping_mul(PRIMES[1]);
                sum = sum.wrapping_add(lane).rotate_left(31).wrapping_mul(PRIMES[0]);
            }
            return Some(sum.wrapping_add(items.len() as u64 ^ PRIMES[2] ^ 0x0035_d373));
        }
        let (mut sum, mut factor) = (0x34_5678_u64, 1_000_003_u64);
        for (left, &item) in (0..items.len() as u64).rev().zip(items) {
            sum = (sum ^ self.hash(item, depth + 1)?).wrapping_mul(factor);
            factor = factor.wrapping_add(82_520 + 2 * left);
        }
        Some(sum.wrapping_add(97_531))
    }

    /// The hash of a time in a zone, which is that of the time in UTC. Zones with an offset, or a name, have at most two times of their own for
    /// one of those, and times of many such zones are equal, or there are not many; what other zones make of a time is in the pickle.
    fn zoned(&mut self, time: Id, zone: Id, depth: usize) -> Option<u64> {
        let view = self.graph.view();
        let class = view.class(zone)?;
        // `getattr(ZoneInfo, "_unpickle")`.
        let looked_up = || view.global(*view.arguments(class)?.0.first()?);
        let is_known = matches!(
            view.global(class).or_else(looked_up)?,
            [b"datetime", b"timezone"]
                | [b"dateutil.tz.tz", b"tzutc" | b"tzlocal" | b"tzoffset"]
                | [b"pytz", b"_p" | b"_UTC" | b"_FixedOffset"]
                | [b"zoneinfo", b"ZoneInfo" | b"ZoneInfo._unpickle"]
        );
        let (args, _) = view.arguments(zone).filter(|_| is_known)?;
        let parts: Vec<Id> = [time].iter().chain(args).copied().collect();
        self.tuple(&parts, depth)
    }

    /// The number of pairs among keys that are times of different zones and may be of one hash: Python asks both zones for their offsets to
    /// compare them.
    pub fn pairs_of_zones(&mut self, keys: impl Iterator<Item = Id>) -> u64 {
        let view = self.graph.view();
        let mut zones: HashMap<Option<u64>, HashMap<Id, u64>> = HashMap::new();
        for key in keys.filter(|&key| view.kind(key) == Kind::Instance) {
            let class = view.class(key).and_then(|class| view.global(class));
            if let Some([b"datetime", b"datetime" | b"time"]) = class
                && let Some((&[_, zone], _)) = view.arguments(key)
            {
                *zones.entry(self.of(key)).or_default().entry(zone).or_default() += 1;
            }
        }
        let pairs = zones.into_values().map(|zones| {
            let all: u64 = zones.values().sum();
            (all * all - zones.values().map(|count| count * count).sum::<u64>()) / 2
        });
        pairs.sum()
    }

    fn float(&self, value: f64) -> u64 {
        // Up to Python 3.9, all of these have one hash, and none is equal to another.
        if value.is_nan() {
            return 0;
        }
        if value.is_infinite() {
            let is_odd = self.family == Family::Python2 && value < 0.0;
            return signed(value < 0.0, if is_odd { 271_828 } else { 314_159 });
        }
        let (mantissa, exponent) = parts(value);
        if self.family == Family::Python2 {
            return python2_float(value, mantissa, exponent);
        }
        // A power of two is one shifted around, as 2**61 is 1.
        let shift = exponent.rem_euclid(61).cast_unsigned();
        let rest = u128::from(mantissa) << shift;
        signed(value < 0.0, u64::try_from(rest % u128::from(MODULUS)).unwrap_or(0))
    }

    /// Of some classes, whose hash is that of what they are made of.
    fn instance(&mut self, id: Id, depth: usize) -> Option<u64> {
        let view = self.graph.view();
        let Peek::Instance(instance) = view.peek(id) else { return None };
        let [module, name] = view.global(view.class(id)?)?;
        let (args, _) = view.arguments(id)?;
        match (module, name) {
            (b"uuid", b"UUID") => {
                let (_, state) = instance.steps().find(|(kind, _)| *kind == StepKind::State)?;
                self.hash(view.item(*state.first()?, b"int")?, depth + 1)
            }
            (b"decimal" | b"_decimal" | b"cdecimal", b"Decimal") => decimal(view.text_bytes(*args.first()?)?),
            // Of these, there are less than a hundred of each hash, or it has a secret. Interfaces and the networks of IPv6 have more:
            // what they are is put together by ^, or is longer than a hash.
            (b"datetime", b"datetime" | b"time") if args.len() == 2 => self.zoned(args[0], args[1], depth),
            (b"datetime", b"date" | b"datetime" | b"time" | b"timedelta")
            | (
                b"pathlib"
                | b"pathlib._local"
                | b"pandas._libs.tslibs.timestamps"
                | b"pandas._libs.tslibs.timedeltas",
                _,
            )
            | (b"ipaddress", b"IPv4Address" | b"IPv4Network" | b"IPv6Address")
            | (b"pandas" | b"pandas._libs.tslibs.period", b"Period") => self.tuple(args, depth),
            (
                b"numpy.core.multiarray" | b"numpy._core.multiarray" | b"numpy.core._multiarray_umath",
                b"scalar",
            ) => {
                const LARGEST: usize = 8;
                match view.peek(*args.get(1)?) {
                    Peek::Bytes(bytes) | Peek::ByteString(bytes) if bytes.len() <= LARGEST => {
                        // Up to Python 3.9, what is no number has one hash, and is equal to nothing.
                        let is_nan = has_nan(letter(view, *args.first()?), bytes);
                        Some(if is_nan { 0 } else { of_text(bytes) })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The first letter of the name of a dtype, or of the class that it is made of.
fn letter(view: View<'_>, dtype: Id) -> u8 {
    let name = match view.arguments(dtype).and_then(|(args, _)| Some(view.peek(*args.first()?))) {
        Some(Peek::Str(name) | Peek::ByteString(name)) => name,
        Some(Peek::Global(_, name)) => view.text_bytes(name).unwrap_or_default(),
        _ => &[],
    };
    name.iter().copied().find(|byte| !b"<>=|".contains(byte)).unwrap_or(0)
}

/// Whether a float, or a part of a complex number, is no number, in either order of bytes.
fn has_nan(letter: u8, bytes: &[u8]) -> bool {
    // Ints, bools, times and text.
    if b"iulqpnbhBHILQ?mMSUa".contains(&letter) {
        return false;
    }
    let is_nan = |float: &[u8]| match float.len() {
        2 => float.try_into().is_ok_and(|it| u16::from_le_bytes(it) & 0x7fff > 0x7c00),
        4 => float.try_into().is_ok_and(|it| f32::from_le_bytes(it).is_nan()),
        8 => float.try_into().is_ok_and(|it| f64::from_le_bytes(it).is_nan()),
        _ => false,
    };
    let size = if b"cF".contains(&letter) { bytes.len() / 2 } else { bytes.len() };
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    size > 0 && bytes.chunks(size).chain(reversed.chunks(size)).any(is_nan)
}

/// As Python 2.7 computes it, where nobody asks for secrets.
fn of_text(text: &[u8]) -> u64 {
    of_numbers(text.iter().map(|&byte| byte.into()))
}

/// The same of text.
fn of_code_points(text: &[u8]) -> u64 {
    of_numbers(String::from_utf8_lossy(text).chars().map(|point| u32::from(point).into()))
}

fn of_numbers(numbers: impl Iterator<Item = u64> + Clone) -> u64 {
    let count = numbers.clone().count() as u64;
    let start = numbers.clone().next().unwrap_or(0) << 7;
    numbers.fold(start, |sum, number| sum.wrapping_mul(1_000_003) ^ number) ^ count
}

/// The number before the exponent of two, and that: the number is whole, its sign is left out.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match i64::try_from(bits >> 52 & 0x7ff).unwrap_or(0) {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

fn python2_float(value: f64, mantissa: u64, exponent: i64) -> u64 {
    let zeros = i64::from(mantissa.trailing_zeros());
    if mantissa == 0 || exponent + zeros >= 0 {
        let shift = exponent.rem_euclid(64).cast_unsigned();
        let rest = u128::from(mantissa) << shift;
        return signed(value < 0.0, u64::try_from(rest % u128::from(u64::MAX)).unwrap_or(0));
    }
    // The value is between a half and one: 31 bits of it, the bits after those, and the exponent, added up.
    let bits = 64 - i64::from(mantissa.leading_zeros());
    let aligned = mantissa << (62 - bits);
    let sum = (aligned >> 31) + (aligned & 0x7fff_ffff);
    let sum = if value < 0.0 { sum.wrapping_neg() } else { sum };
    sum.wrapping_add(((exponent + bits) << 15).cast_unsigned())
}

/// The remainder of a decimal number, as of a fraction.
fn decimal(text: &[u8]) -> Option<u64> {
    let text = str::from_utf8(text).ok()?;
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (digits, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    let mut exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let mut rest = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let digit = char::from(digit).to_digit(10)?;
        rest = times(rest, 10).wrapping_add(u64::from(digit)) % MODULUS;
    }
    // By Fermat, a power of what divides nothing comes round.
    let exponent = exponent.rem_euclid(MODULUS.cast_signed() - 1).cast_unsigned();
    Some(signed(is_negative, times(rest, power(10, exponent))))
}

fn times(a: u64, b: u64) -> u64 {
    u64::try_from(u128::from(a) * u128::from(b) % u128::from(MODULUS)).unwrap_or(0)
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

fn signed(is_negative: bool, hash: u64) -> u64 {
    if is_negative { hash.wrapping_neg() } else { hash }
}

fn is_negative(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|byte| byte & 0x80 != 0)
}

/// The remainder of the absolute value of an int in two's complement.
fn remainder(bytes: &[u8], modulus: u64) -> u64 {
    let is_negative = is_negative(bytes);
    let digit = |byte: u8| u64::from(if is_negative { !byte } else { byte });
    let rest = bytes.iter().rev().fold(0, |rest: u64, &byte| {
        let rest = (u128::from(rest) << 8 | u128::from(digit(byte))) % u128::from(modulus);
        u64::try_from(rest).unwrap_or(0)
    });
    if is_negative { u64::try_from((u128::from(rest) + 1) % u128::from(modulus)).unwrap_or(0) } else { rest }
}

#[cfg(test)]
mod tests {
    use halfsour_vm::Loader;

    use super::*;

    #[test]
    fn remainders_are_those_of_python() {
        // (2**61 - 1) * 5 + 7, and its negative; -1
        assert_eq!(remainder(&[2, 0, 0, 0, 0, 0, 0, 0xa0, 0], MODULUS), 7);
        assert_eq!(remainder(&[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5f, 0xff], MODULUS), 7);
        assert_eq!(remainder(&[0xff], MODULUS), 1);
    }

    #[test]
    fn hashes_are_those_of_python() {
        for (python, family) in [("2.7", Family::Python2), ("3.6", Family::Old), ("3.13", Family::New)] {
            let rows = halfsour_fixtures::hashes(python);
            assert!(rows.len() > 30, "{python}");
            for (pickle, hash) in rows {
                let graph = Loader::new().load(&pickle[..]).unwrap();
                let root = graph.root().id();
                assert_eq!(
                    Hashes::new(&graph, family).of(root),
                    Some(hash),
                    "Python {python}: {}",
                    graph.root()
                );
            }
        }
    }
}
