type t = {
  bytes : Bytes.t;
  last_word : int;  (** The last position in there with 8 bytes. *)
  mutable position : int;
  mutable limit : int;
  mutable depth : int;
  mutable budget : int;
  mutable tag : int;
      (** The last tag of the body being read: 0 the block, -1 none yet. When an
          offence is raised: the element it lies in, -1 for the body itself. *)
  mutable header : int;  (** Position of the last header. *)
  mutable kind : int;  (** Its kind. *)
  mutable pending : int;
      (** Its tag, while nobody has asked for the element; else -1. *)
  mutable block_bytes : Bytes.t;  (** What holds a complete block. *)
  mutable block_start : int;  (** Where the block starts in there. *)
  mutable block_origin : int;  (** Where it starts in [bytes]. *)
  mutable block_length : int;  (** How much of it came from [bytes]. *)
  locates : bool;  (** Whether offences are given their path. *)
}

let make ~locates bytes ~offset ~length =
  {
    bytes;
    last_word = Bytes.length bytes - 8;
    locates;
    position = offset;
    limit = offset + length;
    depth = 0;
    budget = Limit.budget;
    tag = -1;
    header = offset;
    kind = 0;
    pending = -1;
    block_bytes = bytes;
    block_start = offset;
    block_origin = offset;
    block_length = 0;
  }

let[@inline] bytes reader = reader.bytes
let[@inline] position reader = reader.position
let[@inline] limit reader = reader.limit
let[@inline] at_limit reader = reader.position = reader.limit
let[@inline] locates reader = reader.locates

(* --- Values --- *)

let[@inline] take reader size =
  let start = reader.position in
  if size > reader.limit - start then Offence.found Truncated start;
  reader.position <- start + size;
  start

let[@inline] pass reader size =
  let start = reader.position in
  reader.position <- start + size;
  start

let[@inline] last_word reader = reader.last_word
let[@inline] move_to reader position = reader.position <- position

(* The two longer forms of a length; [marker] is its first byte. *)
let long_length reader prefix marker =
  let width = if marker = 254 then 2 else 4 in
  let start = prefix + 1 in
  if width > reader.limit - start then Offence.found Truncated prefix;
  let length =
    if width = 2 then Get.u16 reader.bytes start
    else Get.u32 reader.bytes start
  in
  let least = if width = 2 then 254 else 0x10000 in
  if length < least then Offence.found Non_canonical prefix;
  reader.position <- start + width;
  length

let[@inline] length reader =
  let prefix = reader.position in
  if prefix >= reader.limit then Offence.found Truncated prefix;
  let first = Word.get_8 reader.bytes prefix in
  let length =
    if first < 254 then (
      reader.position <- prefix + 1;
      first)
    else long_length reader prefix first
  in
  if length > reader.limit - reader.position then
    Offence.found Truncated reader.position;
  length

let[@inline] narrow reader =
  let size = length reader in
  let outer = reader.limit in
  reader.limit <- reader.position + size;
  outer

let[@inline] widen reader outer = reader.limit <- outer

(* --- Nesting --- *)

let[@inline] enter reader =
  if reader.depth >= Limit.depth then
    Offence.found Depth_exceeded reader.position;
  reader.depth <- reader.depth + 1

let[@inline] leave reader = reader.depth <- reader.depth - 1

let[@inline] spend reader count =
  let left = reader.budget - count in
  if left < 0 then Offence.found Budget_exceeded reader.position;
  reader.budget <- left
