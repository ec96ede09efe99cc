module type GENERATED = sig
  type t

  val append :
    Mycelium.Writer.t -> t -> (unit, Mycelium.Encode_error.t) result

  val decode_exn : ?offset:int -> ?length:int -> Bytes.t -> t
end

module type PLAIN = sig
  type message

  val build : unit -> message
  val read : message -> unit
end

module Make
    (Plain : PLAIN)
    (Generated : GENERATED with type t = Plain.message) =
struct
  include Plain

  let writer = Mycelium.Writer.make 4096

  let encode message =
    Mycelium.Writer.truncate writer 0;
    match Generated.append writer message with
    | Ok () -> Mycelium.Writer.length writer
    | Error error ->
        raise (Contestant.Wrong_values (Mycelium.Encode_error.to_string error))

  let body () = Mycelium.Writer.contents writer

  let decode () =
    Generated.decode_exn
      (Mycelium.Writer.bytes writer)
      ~offset:0
      ~length:(Mycelium.Writer.length writer)
end

let use = Contestant.black_box

let time = Mycelium.Timestamp.of_nanoseconds Values.time
let id = Option.get (Mycelium.Uuid.of_bytes Values.id)

module Quote =
  Make
    (struct
      type message = Bench.Quote.t

      let build () : message =
        {
          symbol = "EURUSD";
          time;
          bid = 1.1212;
          ask = 1.12172;
          bid_size = 1_000_000;
          ask_size = 2_500_000;
          sequence = 123_456L;
          side = Buy;
        }

      let read (quote : message) =
        use quote.symbol;
        use quote.time;
        use quote.bid;
        use quote.ask;
        use quote.bid_size;
        use quote.ask_size;
        use quote.sequence;
        use quote.side
    end)
    (Bench.Quote)

let level price quantity : Bench.Level.t = { price; quantity }

let read_levels =
  Array.iter (fun ({ price; quantity } : Bench.Level.t) ->
      use price;
      use quantity)

module Book =
  Make
    (struct
      type message = Bench.Book.t

      let build () : message =
        {
          symbol = "EURUSD";
          time;
          sequence = 123_456L;
          bids = Values.bids level;
          asks = Values.asks level;
        }

      let read (book : message) =
        use book.symbol;
        use book.time;
        use book.sequence;
        read_levels book.bids;
        read_levels book.asks
    end)
    (Bench.Book)

module Order =
  Make
    (struct
      type message = Bench.Order.t

      let build () : message =
        {
          id;
          symbol = "EURUSD";
          side = Sell;
          limit_price = Some 1.12165;
          tags = [| "algo"; "momentum"; "eu" |];
          attributes = [ ("desk", "fx-spot"); ("trader", "mlin") ];
        }

      let read (order : message) =
        use order.id;
        use order.symbol;
        use order.side;
        Option.iter use order.limit_price;
        Array.iter use order.tags;
        List.iter
          (fun (key, value) ->
            use key;
            use value)
          order.attributes
    end)
    (Bench.Order)

(* The same order, among thousands that have no text in common with it or with one
   another: none is known when it comes again, as it is in {!Order}. *)
module Order_of_new_texts = struct
  include Order

  let orders = 4096

  (* Each text has as many characters as the order's own, begins with the order's
     number in two digits, and goes on as no other text of it does. *)
  let numbered number : message =
    let digit place = Char.chr (48 + ((number lsr (6 * place)) land 63)) in
    let renamed text =
      String.mapi (fun place own -> if place < 2 then digit place else own) text
    in
    let order = build () in
    {
      order with
      symbol = renamed order.symbol;
      tags = Array.map renamed order.tags;
      attributes =
        List.map
          (fun (key, value) -> (renamed key, renamed value))
          order.attributes;
    }

  let bodies =
    Array.init orders (fun index ->
        ignore (encode (if index = 0 then build () else numbered index));
        body ())

  let next = ref 0

  let decode () =
    let body = bodies.(!next) in
    next := (!next + 1) mod orders;
    Bench.Order.decode_exn body ~offset:0 ~length:(Bytes.length body)
end

module Trading_quote =
  Make
    (struct
      type message = Trading_market.Quote.t

      let build () : message =
        {
          symbol = "EURUSD";
          time;
          bid = Mycelium.Decimal.make ~mantissa:112_120_000L ~scale:8;
          ask = Mycelium.Decimal.make ~mantissa:112_172_000L ~scale:8;
          bid_size = 1_000_000;
          ask_size = 2_500_000;
          sequence = 123_456L;
          venue = Some Internal;
          conditions = Some [| "firm"; "auction" |];
        }

      let read (quote : message) =
        use quote.symbol;
        use quote.time;
        use quote.bid;
        use quote.ask;
        use quote.bid_size;
        use quote.ask_size;
        use quote.sequence;
        Option.iter use quote.venue;
        Option.iter (Array.iter use) quote.conditions
    end)
    (Trading_market.Quote)
