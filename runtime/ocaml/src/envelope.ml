type t = {
  sequence : int64;
  published_at : Timestamp.t;
  trace_id : string;
  span_id : string;
  correlation_id : int64;
  source : int;
  destination : int;
}

let size = 56
let no_trace = String.make 16 '\000'
let no_span = String.make 8 '\000'

let make ?(sequence = 0L) ?(published_at = Timestamp.of_nanoseconds 0L)
    ?(trace_id = no_trace) ?(span_id = no_span) ?(correlation_id = 0L)
    ?(source = 0) ?(destination = 0) () =
  {
    sequence;
    published_at;
    trace_id;
    span_id;
    correlation_id;
    source;
    destination;
  }

let get bytes start =
  {
    sequence = Get.u64 bytes start;
    published_at = Get.timestamp bytes (start + 8);
    trace_id = Get.bytes 16 bytes (start + 16);
    span_id = Get.bytes 8 bytes (start + 32);
    correlation_id = Get.u64 bytes (start + 40);
    source = Get.u32 bytes (start + 48);
    destination = Get.u32 bytes (start + 52);
  }

let set bytes start envelope =
  Set.u64 bytes start envelope.sequence;
  Set.timestamp bytes (start + 8) envelope.published_at;
  Set.bytes 16 bytes (start + 16) envelope.trace_id;
  Set.bytes 8 bytes (start + 32) envelope.span_id;
  Set.u64 bytes (start + 40) envelope.correlation_id;
  Set.u32 bytes (start + 48) envelope.source;
  Set.u32 bytes (start + 52) envelope.destination

let fields =
  [
    ("sequence", 0);
    ("published_at", 8);
    ("trace_id", 16);
    ("span_id", 32);
    ("correlation_id", 40);
    ("source", 48);
    ("destination", 52);
  ]

let codec =
  Fixed.record ~size ~fields ~get ~get_four:(Packed.get_four get size) ~set

let pp formatter envelope =
  Print.record formatter "Envelope"
    [
      Print.field "sequence" Unsigned.pp envelope.sequence;
      Print.field "published_at" Timestamp.pp envelope.published_at;
      Print.field "trace_id" Print.bytes envelope.trace_id;
      Print.field "span_id" Print.bytes envelope.span_id;
      Print.field "correlation_id" Unsigned.pp envelope.correlation_id;
      Print.field "source" Print.int envelope.source;
      Print.field "destination" Print.int envelope.destination;
    ]
