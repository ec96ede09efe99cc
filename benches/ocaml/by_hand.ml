open Values

exception Malformed

let memory = Bytes.create 4096
let check condition = if not condition then raise_notrace Malformed

let put_float bytes place value =
  Bytes.set_int64_le bytes place (Int64.bits_of_float value)

let float_at bytes place = Int64.float_of_bits (Bytes.get_int64_le bytes place)

let put_u32 bytes place value =
  check (value land lnot 0xffff_ffff = 0);
  Bytes.set_int32_le bytes place (Int32.of_int value)

let u32_at bytes place =
  Int32.to_int (Bytes.get_int32_le bytes place) land 0xffff_ffff

let rec is_printable bytes place stop =
  place = stop
  ||
  let byte = Bytes.get_uint8 bytes place in
  byte >= 0x20 && byte <= 0x7e && is_printable bytes (place + 1) stop

let put_symbol bytes place text =
  let length = String.length text in
  check (length <= 8 && is_printable (Bytes.unsafe_of_string text) 0 length);
  Bytes.set_int64_le bytes place 0L;
  Bytes.blit_string text 0 bytes place length

let rec symbol_length bytes place length =
  if length > 0 && Bytes.get_uint8 bytes (place + length - 1) = 0 then
    symbol_length bytes place (length - 1)
  else length

let symbol_at bytes place =
  let length = symbol_length bytes place 8 in
  check (is_printable bytes place (place + length));
  Bytes.sub_string bytes place length

let side_number = function Buy -> 1 | Sell -> 2 | Unknown number -> number
let side_of = function 1 -> Buy | 2 -> Sell | number -> Unknown number

(* Places are checked once for the whole message, by its length. *)

module Quote = struct
  type message = quote

  let build = Values.quote
  let read = Reading.quote
  let length = ref 0

  let encode { symbol; time; bid; ask; bid_size; ask_size; sequence; side } =
    let bytes = memory in
    Bytes.set_uint16_le bytes 0 0x3106;
    put_symbol bytes 2 symbol;
    Bytes.set_int64_le bytes 10 time;
    put_float bytes 18 bid;
    put_float bytes 26 ask;
    put_u32 bytes 34 bid_size;
    put_u32 bytes 38 ask_size;
    Bytes.set_int64_le bytes 42 sequence;
    Bytes.set_uint8 bytes 50 (side_number side);
    length := 51;
    51

  let body () = Bytes.sub memory 0 !length

  let decode () =
    let bytes = memory in
    check (!length = 51 && Bytes.get_uint16_le bytes 0 = 0x3106);
    {
      symbol = symbol_at bytes 2;
      time = Bytes.get_int64_le bytes 10;
      bid = float_at bytes 18;
      ask = float_at bytes 26;
      bid_size = u32_at bytes 34;
      ask_size = u32_at bytes 38;
      sequence = Bytes.get_int64_le bytes 42;
      side = side_of (Bytes.get_uint8 bytes 50);
    }
end

module Book = struct
  type message = book

  let build = Values.book
  let read = Reading.book
  let length = ref 0

  (* Header and length of at least 254 bytes, which 20 levels have. *)
  let put_levels bytes start header levels =
    let size = 16 * Array.length levels in
    check (size >= 254 && size < 0x10000);
    Bytes.set_uint8 bytes start header;
    Bytes.set_uint8 bytes (start + 1) 254;
    Bytes.set_uint16_le bytes (start + 2) size;
    for index = 0 to Array.length levels - 1 do
      let { price; quantity } = levels.(index) in
      let place = start + 4 + (16 * index) in
      put_float bytes place price;
      put_float bytes (place + 8) quantity
    done;
    start + 4 + size

  let encode { book_symbol; book_time; book_sequence; bids; asks } =
    let bytes = memory in
    Bytes.set_uint16_le bytes 0 0x1806;
    put_symbol bytes 2 book_symbol;
    Bytes.set_int64_le bytes 10 book_time;
    Bytes.set_int64_le bytes 18 book_sequence;
    let middle = put_levels bytes 26 0x0e bids in
    length := put_levels bytes middle 0x16 asks;
    !length

  let body () = Bytes.sub memory 0 !length

  let levels_at bytes start header limit =
    check (start + 4 <= limit);
    check (Bytes.get_uint8 bytes start = header);
    check (Bytes.get_uint8 bytes (start + 1) = 254);
    let size = Bytes.get_uint16_le bytes (start + 2) in
    check (size >= 254 && size land 15 = 0 && start + 4 + size <= limit);
    Array.init (size / 16) (fun index ->
        let place = start + 4 + (16 * index) in
        { price = float_at bytes place; quantity = float_at bytes (place + 8) })

  let decode () =
    let bytes = memory and limit = !length in
    check (limit >= 26 && Bytes.get_uint16_le bytes 0 = 0x1806);
    let bids = levels_at bytes 26 0x0e limit in
    let middle = 30 + (16 * Array.length bids) in
    let asks = levels_at bytes middle 0x16 limit in
    check (middle + 4 + (16 * Array.length asks) = limit);
    {
      book_symbol = symbol_at bytes 2;
      book_time = Bytes.get_int64_le bytes 10;
      book_sequence = Bytes.get_int64_le bytes 18;
      bids;
      asks;
    }
end
