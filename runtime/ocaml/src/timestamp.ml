type t = int64

let of_nanoseconds nanoseconds = nanoseconds
let to_nanoseconds moment = moment

let since earlier later = Duration.of_nanoseconds (Int64.sub later earlier)

let after duration moment =
  Int64.add moment (Duration.to_nanoseconds duration)

let equal = Int64.equal
let compare = Int64.compare
let hash (moment : t) = Hashtbl.hash moment
let seconds_per_day = 86_400
let nanoseconds_per_second = 1_000_000_000

(* Year, month and day of a day counted from 1970-01-01, after Howard Hinnant's
   "chrono-compatible low-level date algorithms": years begin in March, so that
   the leap day is the last one, and are counted in eras of 400. *)
let civil_of_day day =
  let shifted = day + 719_468 in
  let era = (if shifted >= 0 then shifted else shifted - 146_096) / 146_097 in
  let day_of_era = shifted - (era * 146_097) in
  let year_of_era =
    (day_of_era - (day_of_era / 1_460) + (day_of_era / 36_524)
    - (day_of_era / 146_096))
    / 365
  in
  let day_of_year =
    day_of_era
    - ((365 * year_of_era) + (year_of_era / 4) - (year_of_era / 100))
  in
  let month_from_march = ((5 * day_of_year) + 2) / 153 in
  let day = day_of_year - (((153 * month_from_march) + 2) / 5) + 1 in
  let month = ((month_from_march + 2) mod 12) + 1 in
  let year = year_of_era + (era * 400) + if month <= 2 then 1 else 0 in
  (year, month, day)

(* Quotient and remainder, the remainder never negative. *)
let floor_divide dividend divisor =
  let remainder = dividend mod divisor in
  let remainder = if remainder < 0 then remainder + divisor else remainder in
  ((dividend - remainder) / divisor, remainder)

let to_string moment =
  let divisor = Int64.of_int nanoseconds_per_second in
  let second = Int64.to_int (Int64.div moment divisor) in
  let nanosecond = Int64.to_int (Int64.rem moment divisor) in
  let carry, nanosecond = floor_divide nanosecond nanoseconds_per_second in
  let day, second = floor_divide (second + carry) seconds_per_day in
  let year, month, day = civil_of_day day in
  Printf.sprintf "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ" year month day
    (second / 3600)
    (second / 60 mod 60)
    (second mod 60) nanosecond

let pp formatter moment = Format.pp_print_string formatter (to_string moment)
