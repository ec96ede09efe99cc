type 'a t = {
  size : int;
  kind : int;
  get : Bytes.t -> int -> 'a;
  set : Bytes.t -> int -> 'a -> unit;
  part_get : Bytes.t -> int -> 'a;
      (** As [get], by callers that look after the paths of offences. *)
  part_get_four : Bytes.t -> int -> 'a array;
      (** Four values, side by side. *)
  part_set : Bytes.t -> int -> 'a -> unit;
  put_step : int -> Offence.t -> unit;
      (** Their paths: in a value that starts there. *)
}

let[@inline] size codec = codec.size
let[@inline] kind codec = codec.kind
let[@inline] get codec bytes position = codec.get bytes position
let[@inline] set codec bytes position value = codec.set bytes position value

let kind_of_size = function
  | 1 -> 0
  | 2 -> 1
  | 4 -> 2
  | 8 -> 3
  | 16 -> 4
  | 32 -> 5
  | _ -> 6

let no_step _ _ = ()

let make ~size ~get ~set =
  {
    size;
    kind = kind_of_size size;
    get;
    set;
    part_get = get;
    part_get_four = Packed.get_four get size;
    part_set = set;
    put_step = no_step;
  }

let replaced codec ~get ~set =
  make ~size:codec.size ~get ~set

let bool = make ~size:1 ~get:Get.bool ~set:Set.bool
let u8 = make ~size:1 ~get:Get.u8 ~set:Set.u8
let u16 = make ~size:2 ~get:Get.u16 ~set:Set.u16
let u32 = make ~size:4 ~get:Get.u32 ~set:Set.u32
let u64 = make ~size:8 ~get:Get.u64 ~set:Set.u64
let u128 = make ~size:16 ~get:U128.get ~set:U128.set
let u256 = make ~size:32 ~get:U256.get ~set:U256.set
let i8 = make ~size:1 ~get:Get.i8 ~set:Set.i8
let i16 = make ~size:2 ~get:Get.i16 ~set:Set.i16
let i32 = make ~size:4 ~get:Get.i32 ~set:Set.i32
let i64 = make ~size:8 ~get:Get.i64 ~set:Set.i64
let i128 = make ~size:16 ~get:I128.get ~set:I128.set
let f32 = make ~size:4 ~get:Get.f32 ~set:Set.f32
let f64 = make ~size:8 ~get:Get.f64 ~set:Set.f64
let timestamp = make ~size:8 ~get:Get.timestamp ~set:Set.timestamp
let duration = make ~size:8 ~get:Get.duration ~set:Set.duration

let decimal scale =
  make ~size:8 ~get:(Get.decimal scale) ~set:(Set.decimal scale)

let uuid = make ~size:16 ~get:Get.uuid ~set:Set.uuid
let ascii size = make ~size ~get:(Get.ascii size) ~set:(Set.ascii size)
let bytes size = make ~size ~get:(Get.bytes size) ~set:(Set.bytes size)

let within is_inside codec =
  let get bytes position =
    let value = codec.get bytes position in
    if is_inside value then value else Offence.found Out_of_range position
  in
  let set bytes position value =
    codec.set bytes position value;
    ignore (get bytes position)
  in
  replaced codec ~get ~set

let between compare least greatest codec =
  let is_inside value =
    compare least value <= 0 && compare value greatest <= 0
  in
  within is_inside codec

let float_between (least : float) (greatest : float) codec =
  within (fun value -> least <= value && value <= greatest) codec

let open_enum base ~of_number ~to_number =
  let get bytes position = of_number (base.get bytes position) in
  let set bytes position value = base.set bytes position (to_number value) in
  replaced base ~get ~set

let closed_enum base ~of_number ~to_number =
  let known position = function
    | Some value -> value
    | None -> Offence.found Bad_enum position
  in
  let get bytes position = known position (of_number (base.get bytes position)) in
  let set bytes position value = base.set bytes position (to_number value) in
  replaced base ~get ~set

(* The offence lies in one of many values, side by side from [start] on. *)
let offence_of_many codec start (offence : Offence.t) =
  let index = (offence.position - start) / codec.size in
  codec.put_step (start + (index * codec.size)) offence;
  Offence.pass offence (Printf.sprintf "[%d]" index)

let get_many codec bytes start count =
  try
    Packed.get_many ~get:codec.part_get ~get_four:codec.part_get_four
      ~stride:codec.size bytes start count
  with Offence.Found offence -> offence_of_many codec start offence

let set_many codec bytes start values =
  let set = codec.part_set and stride = codec.size in
  try
    for index = 0 to Array.length values - 1 do
      set bytes (start + (index * stride)) (Array.unsafe_get values index)
    done
  with Offence.Found offence -> offence_of_many codec start offence

let array element length =
  let get bytes start = get_many element bytes start length in
  let set bytes start values =
    if Array.length values <> length then Offence.found Bad_length start;
    set_many element bytes start values
  in
  make ~size:(length * element.size) ~get ~set

let record ~size ~fields ~get ~get_four ~set =
  let put_step start (offence : Offence.t) =
    let name = Layout.name_at fields (offence.position - start) in
    offence.path <- ("." ^ name) :: offence.path
  in
  let passed start offence =
    put_step start offence;
    raise_notrace (Offence.Found offence)
  in
  let whole_get bytes start =
    try get bytes start with Offence.Found offence -> passed start offence
  in
  let whole_set bytes start value =
    try set bytes start value with Offence.Found offence -> passed start offence
  in
  let codec = make ~size ~get:whole_get ~set:whole_set in
  {
    codec with
    part_get = get;
    part_get_four = get_four;
    part_set = set;
    put_step;
  }
