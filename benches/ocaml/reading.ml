open Values

let use = Contestant.black_box

let quote { symbol; time; bid; ask; bid_size; ask_size; sequence; side } =
  use symbol;
  use time;
  use bid;
  use ask;
  use bid_size;
  use ask_size;
  use sequence;
  use side

let levels =
  Array.iter (fun { price; quantity } ->
      use price;
      use quantity)

let book { book_symbol; book_time; book_sequence; bids; asks } =
  use book_symbol;
  use book_time;
  use book_sequence;
  levels bids;
  levels asks

let order { id; order_symbol; order_side; limit_price; tags; attributes } =
  use id;
  use order_symbol;
  use order_side;
  Option.iter use limit_price;
  Array.iter use tags;
  List.iter
    (fun (key, value) ->
      use key;
      use value)
    attributes

let trading_quote quote =
  use quote.instrument;
  use quote.published;
  use quote.best_bid;
  use quote.best_ask;
  use quote.size_bid;
  use quote.size_ask;
  use quote.number;
  Option.iter use quote.venue;
  Option.iter (Array.iter use) quote.conditions
