//! Offsets, as pandas 3.1 and 0.20 pickle and call them.

use halfsour_classes::pandas::Offset;

fn name(pickle: &str) -> Option<String> {
    let graph = halfsour_vm::from_slice(pickle.as_bytes()).expect("it is a pickle");
    Offset::of(graph.root()).map(|offset| offset.to_string())
}

#[test]
fn offsets_are_called_as_pandas_calls_them() {
    for (class, args, expected) in [
        ("Day", "I1\nI00\n", "D"),
        ("Hour", "I12\n", "12h"),
        ("BusinessDay", "I-2\nI00\ncdatetime\ntimedelta\n(I0\nI0\nI0\ntR", "-2B"),
        ("MonthBegin", "I1\nI00\n", "MS"),
        ("MonthEnd", "I3\nI00\n", "3ME"),
        ("BusinessMonthEnd", "I1\nI00\n", "BME"),
        (
            "CustomBusinessDay",
            "I3\nI00\nVMon Tue Wed Thu Fri\n(tNcdatetime\ntimedelta\n(I0\nI0\nI0\ntR",
            "3C",
        ),
        ("SemiMonthEnd", "I3\nI00\nI10\n", "3SME-10"),
        ("WeekOfMonth", "I1\nI00\nI2\nI3\n", "WOM-3THU"),
        ("LastWeekOfMonth", "I1\nI00\nI2\n", "LWOM-WED"),
        ("Week", "I2\nI00\nN", "2W"),
        ("Week", "I1\nI00\nI6\n", "W-SUN"),
        ("QuarterBegin", "I1\nI00\nI3\n", "QS-MAR"),
        ("BQuarterEnd", "I1\nI00\nI12\n", "BQE-DEC"),
        ("HalfYearEnd", "I1\nI00\nI6\n", "HYE-JUN"),
        ("YearBegin", "I1\nI00\nI1\n", "YS-JAN"),
        ("BYearEnd", "I1\nI00\nI5\n", "BYE-MAY"),
    ] {
        let pickle = format!("cpandas._libs.tslibs.offsets\n{class}\n({args}tR.");
        assert_eq!(name(&pickle).as_deref(), Some(expected), "{class}");
    }
}

#[test]
fn offsets_of_old_releases_have_their_parameters_in_a_state() {
    for (class, state, expected) in [
        ("MonthBegin", "Vn\nI1\nsVnormalize\nI00\nsVkwds\n(ds", "MS"),
        ("YearBegin", "Vmonth\nI5\nsVn\nI1\ns", "YS-MAY"),
        ("QuarterEnd", "Vn\nI2\nsVstartingMonth\nI2\ns", "2QE-FEB"),
        ("Week", "Vn\nI1\nsVweekday\nNs", "W"),
        ("WeekOfMonth", "Vn\nI3\nsVweekday\nI3\nsVweek\nI2\ns", "3WOM-3THU"),
    ] {
        let pickle = format!("cpandas.tseries.offsets\n{class}\n(tR(d{state}b.");
        assert_eq!(name(&pickle).as_deref(), Some(expected), "{class}");
    }
}

#[test]
fn what_has_no_name_is_none() {
    for class in ["Easter", "DateOffset", "Timestamp"] {
        assert_eq!(name(&format!("cpandas._libs.tslibs.offsets\n{class}\n(I1\nI00\ntR.")), None, "{class}");
    }
    for (class, args) in [("YearEnd", "I13\n"), ("YearEnd", "I0\n"), ("Week", "I7\n"), ("QuarterEnd", "N")] {
        assert_eq!(
            name(&format!("cpandas._libs.tslibs.offsets\n{class}\n(I1\nI00\n{args}tR.")),
            None,
            "{class}"
        );
    }
}
