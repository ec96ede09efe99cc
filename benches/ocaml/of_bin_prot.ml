module type PLAIN = sig
  type message

  val build : unit -> message
  val read : message -> unit
  val bin_write : message Bin_prot.Write.writer
  val bin_read : message Bin_prot.Read.reader
end

module Make (Plain : PLAIN) = struct
  include Plain

  let memory = Bin_prot.Common.create_buf 4096
  let size = ref 0

  let encode message =
    size := bin_write memory ~pos:0 message;
    !size

  let body () =
    let bytes = Bytes.create !size in
    Bin_prot.Common.blit_buf_bytes memory bytes ~len:!size;
    bytes

  let decode () = bin_read memory ~pos_ref:(ref 0)
end

module Quote = Make (struct
  type message = Values.quote

  let build = Values.quote
  let read = Reading.quote
  let bin_write = Values.bin_write_quote
  let bin_read = Values.bin_read_quote
end)

module Book = Make (struct
  type message = Values.book

  let build = Values.book
  let read = Reading.book
  let bin_write = Values.bin_write_book
  let bin_read = Values.bin_read_book
end)

module Order = Make (struct
  type message = Values.order

  let build = Values.order
  let read = Reading.order
  let bin_write = Values.bin_write_order
  let bin_read = Values.bin_read_order
end)

module Trading_quote = Make (struct
  type message = Values.trading_quote

  let build = Values.trading_quote
  let read = Reading.trading_quote
  let bin_write = Values.bin_write_trading_quote
  let bin_read = Values.bin_read_trading_quote
end)
