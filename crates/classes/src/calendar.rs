//! Days by their number.

/// A day of the calendar, so many after 1970 began: year, month and day.
pub(crate) fn civil(days: i128) -> (i128, u8, u8) {
    // Years from March on, in eras of 400: the day that some Februaries have is the last one of a year.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    let small = |number| u8::try_from(number).unwrap_or_default();
    (year, small(month), small(day))
}
