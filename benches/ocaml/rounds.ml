type timing = { median_ns : float; p99_ns : float }
type loop = int -> unit

let turn_seconds = 0.002
let warm_up_seconds = 0.04

let time (loop : loop) count =
  let start = Sys.time () in
  loop count;
  Sys.time () -. start

(* How many calls fill a turn, found while warming up. *)
let calls_per_turn loop =
  let deadline = Unix.gettimeofday () +. warm_up_seconds in
  let rec after count =
    if Unix.gettimeofday () > deadline then count
    else
      let taken = Float.max (time loop count) 1e-7 in
      if taken >= turn_seconds then after count
      else
        let wanted = Float.min 4. (turn_seconds /. taken) in
        after (max (count + 1) (int_of_float (float_of_int count *. wanted)))
  in
  after 1

let summary times =
  Array.sort Float.compare times;
  let at share =
    let place = int_of_float (float_of_int (Array.length times) *. share) in
    times.(min place (Array.length times - 1))
  in
  { median_ns = at 0.5; p99_ns = at 0.99 }

let take_turns loops rounds =
  let counts = List.map calls_per_turn loops in
  let times = List.map (fun _ -> Array.make rounds 0.) loops in
  for round = 0 to rounds - 1 do
    List.iter2
      (fun (loop, count) found ->
        found.(round) <- time loop count *. 1e9 /. float_of_int count)
      (List.combine loops counts) times
  done;
  List.map summary times
