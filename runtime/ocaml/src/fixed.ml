type 'a t = {
  size : int;
  kind : int;
  get : Bytes.t -> int -> 'a;
  set : Bytes.t -> int -> 'a -> unit;
}

let size codec = codec.size
let kind codec = codec.kind
let get codec bytes position = codec.get bytes position
let set codec bytes position value = codec.set bytes position value

let kind_of_size = function
  | 1 -> 0
  | 2 -> 1
  | 4 -> 2
  | 8 -> 3
  | 16 -> 4
  | 32 -> 5
  | _ -> 6

let make ~size ~get ~set = { size; kind = kind_of_size size; get; set }
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
  { codec with get; set }

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
  { base with get; set }

let closed_enum base ~of_number ~to_number =
  let known position = function
    | Some value -> value
    | None -> Offence.found Bad_enum position
  in
  let get bytes position = known position (of_number (base.get bytes position)) in
  let set bytes position value = base.set bytes position (to_number value) in
  { base with get; set }

let array element length =
  let stride = element.size in
  let passed start (offence : Offence.t) =
    let index = (offence.position - start) / stride in
    Offence.pass offence (Printf.sprintf "[%d]" index)
  in
  let get bytes start =
    try
      Array.init length (fun index -> element.get bytes (start + (index * stride)))
    with Offence.Found offence -> passed start offence
  in
  let set_element bytes start index value =
    element.set bytes (start + (index * stride)) value
  in
  let set bytes start values =
    if Array.length values <> length then Offence.found Bad_length start;
    try Array.iteri (set_element bytes start) values
    with Offence.Found offence -> passed start offence
  in
  make ~size:(length * stride) ~get ~set

let record ~size ~fields ~get ~set =
  let passed start (offence : Offence.t) =
    let name = Layout.name_at fields (offence.position - start) in
    Offence.pass offence ("." ^ name)
  in
  let get bytes start =
    try get bytes start with Offence.Found offence -> passed start offence
  in
  let set bytes start value =
    try set bytes start value with Offence.Found offence -> passed start offence
  in
  make ~size ~get ~set
