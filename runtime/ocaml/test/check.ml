let passed = ref 0
let failed = ref 0

let that claim holds =
  if holds then incr passed
  else (
    incr failed;
    Printf.printf "FAILED: %s\n" claim)

let same show claim expected actual =
  let holds = compare expected actual = 0 in
  that claim holds;
  if not holds then
    Printf.printf "  expected %s\n  but got  %s\n" (show expected) (show actual)

let text claim expected actual = same (Printf.sprintf "%S") claim expected actual
let int claim expected actual = same string_of_int claim expected actual

let raises_invalid claim operation =
  match operation () with
  | _ -> that claim false
  | exception Invalid_argument _ -> that claim true

let finish () =
  Printf.printf "%d passed, %d failed\n" !passed !failed;
  exit (if !failed = 0 then 0 else 1)
