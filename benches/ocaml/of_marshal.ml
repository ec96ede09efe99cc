module type PLAIN = sig
  type message

  val build : unit -> message
  val read : message -> unit
end

module Make (Plain : PLAIN) = struct
  include Plain

  let memory = Bytes.create 4096
  let size = ref 0

  let encode message =
    size := Marshal.to_buffer memory 0 4096 message [ Marshal.No_sharing ];
    !size

  let body () = Bytes.sub memory 0 !size
  let decode () : message = Marshal.from_bytes memory 0
end

module Quote = Make (struct
  type message = Values.quote

  let build = Values.quote
  let read = Reading.quote
end)

module Book = Make (struct
  type message = Values.book

  let build = Values.book
  let read = Reading.book
end)

module Order = Make (struct
  type message = Values.order

  let build = Values.order
  let read = Reading.order
end)

module Trading_quote = Make (struct
  type message = Values.trading_quote

  let build = Values.trading_quote
  let read = Reading.trading_quote
end)
