//! Makes a table of the rounds.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::lines::{BASE, Line, Measure};
use super::run::{Contender, Run, Took, median};

/// The results of all runs in one round.
pub type Round = BTreeMap<Run, Took>;

/// Returns the table in Markdown, the number of targets that are met, and the number of all targets.
pub fn table(lines: &[Line], rounds: &[Round]) -> (String, usize, usize) {
    let mut text = String::from(
        "| what : against what | on | target | cold | warm | met | CPython ms |\n|---|---|---|---|---|---|---|\n",
    );
    let (mut met, mut targets) = (0, 0);
    for line in lines {
        let values: Vec<_> = rounds.iter().filter_map(|round| value(&line.measure, round)).collect();
        if values.is_empty() {
            continue;
        }
        let cells = [0, 1].map(|index| Cell::of(values.iter().map(|value| value[index]).collect()));
        let verdict = verdict(line, &cells);
        targets += usize::from(line.target.is_some());
        met += usize::from(verdict == "yes");
        let target = line.target.map_or("–".into(), |[cold, warm]| {
            let sign = if line.measure.meets(0.0, 1.0) { "≤ " } else { "" };
            if cold.to_bits() == warm.to_bits() {
                format!("{sign}{cold}")
            } else {
                format!("{sign}{cold} / {warm}")
            }
        });
        let [cold, warm] = cells.map(|cell| cell.shown());
        let warm = if matches!(line.measure, Measure::Memory(_)) { "–".into() } else { warm };
        let base = base_milliseconds(line, rounds).map_or("–".into(), |ms| format!("{ms:.0}"));
        let (what, on) = (line.what, line.on);
        writeln!(text, "| {what} | {on} | {target} | {cold} | {warm} | {verdict} | {base} |")
            .expect("a String takes all");
    }
    (text, met, targets)
}

/// Returns the value cold and warm, or `None` in a round in which one of its runs failed.
fn value(measure: &Measure, round: &Round) -> Option<[f64; 2]> {
    match measure {
        Measure::Speed(ours, theirs) => {
            let (ours, theirs) = (round.get(ours)?, round.get(theirs)?);
            Some([0, 1].map(|index| theirs.time[index] / ours.time[index]))
        }
        Measure::Memory(run) => {
            // For a small file, the program's own pages would dominate.
            let took = round.get(run).filter(|took| took.input > 1e6)?;
            Some([took.memory / took.input; 2])
        }
        Measure::Linear(runs) => {
            let took: Option<Vec<_>> = runs.iter().map(|run| round.get(run)).collect();
            let took = took?;
            Some([0, 1].map(|index| {
                let per_byte = took.iter().map(|took| took.time[index] / took.input);
                let (least, most) = (per_byte.clone().reduce(f64::min), per_byte.reduce(f64::max));
                most.unwrap_or(1.0) / least.unwrap_or(1.0)
            }))
        }
    }
}

/// A median, with the range of its values.
struct Cell {
    median: f64,
    least: f64,
    most: f64,
}

impl Cell {
    fn of(mut values: Vec<f64>) -> Self {
        let median = median(&mut values);
        Self { median, least: values[0], most: values[values.len() - 1] }
    }

    fn shown(&self) -> String {
        let spread = (self.most - self.least).abs() > f64::EPSILON;
        let rest =
            if spread { format!(" ({}–{})", shown(self.least), shown(self.most)) } else { String::new() };
        format!("{}{rest}", shown(self.median))
    }
}

/// Returns a number with three digits, or with all digits before the point.
fn shown(value: f64) -> String {
    let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.digits$}")
}

fn verdict(line: &Line, cells: &[Cell; 2]) -> &'static str {
    let Some(target) = line.target else { return "–" };
    match [0, 1].map(|index| line.measure.meets(cells[index].median, target[index])) {
        [true, true] => "yes",
        [true, false] => "cold only",
        [false, true] => "warm only",
        [false, false] => "no",
    }
}

/// Returns the milliseconds that the base Python took, cold.
fn base_milliseconds(line: &Line, rounds: &[Round]) -> Option<f64> {
    let runs = line.measure.runs();
    let base = runs.iter().find(|run| run.contender == Contender::Python(BASE) && run.job != "loads-gc")?;
    let mut times: Vec<_> = rounds.iter().filter_map(|round| Some(round.get(base)?.time[0] / 1e6)).collect();
    (!times.is_empty()).then(|| median(&mut times))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(job: &'static str) -> Run {
        Run { contender: Contender::Rust, job, file: "f".into() }
    }

    fn round(times: &[(&'static str, [f64; 2])]) -> Round {
        let took = |time| Took { time, memory: 30e6, input: 10e6, numpy: None };
        times.iter().map(|(job, time)| (run(job), took(*time))).collect()
    }

    #[test]
    fn ratios_are_taken_in_each_round() {
        let line = |target| Line {
            what: "a : b",
            on: "f",
            measure: Measure::Speed(run("a"), run("b")),
            target: Some(target),
        };
        // In the second round all is slower, which does not matter.
        let rounds = [
            round(&[("a", [1.0, 1.0]), ("b", [4.0, 2.0])]),
            round(&[("a", [10.0, 10.0]), ("b", [40.0, 20.0])]),
            round(&[("a", [1.0, 1.0]), ("b", [6.0, 1.5])]),
            round(&[("b", [6.0, 1.5])]),
        ];
        let (text, met, targets) = table(&[line([4.0, 2.0]), line([4.0, 2.1]), line([5.0, 3.0])], &rounds);
        let rows: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(rows[0], "| a : b | f | 4 / 2 | 4.00 (4.00–6.00) | 2.00 (1.50–2.00) | yes | – |");
        assert!(rows[1].contains("| cold only |"), "{}", rows[1]);
        assert!(rows[2].contains("| no |"), "{}", rows[2]);
        assert_eq!((met, targets), (1, 3));
    }

    #[test]
    fn memory_and_linearity_are_to_be_small() {
        let lines = [
            Line { what: "m", on: "f", measure: Measure::Memory(run("a")), target: Some([3.0; 2]) },
            Line {
                what: "l",
                on: "f",
                measure: Measure::Linear(vec![run("a"), run("b")]),
                target: Some([1.15; 2]),
            },
        ];
        let (text, met, _) = table(&lines, &[round(&[("a", [1.0, 1.0]), ("b", [1.1, 1.3])])]);
        let rows: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(rows[0], "| m | f | ≤ 3 | 3.00 | – | yes | – |");
        assert_eq!(rows[1], "| l | f | ≤ 1.15 | 1.10 | 1.30 | cold only | – |");
        assert_eq!(met, 1);
    }
}
