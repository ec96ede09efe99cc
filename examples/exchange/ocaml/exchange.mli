(** Write an order as a frame, or read one: [exchange write > FILE],
    [exchange read < FILE].

    The programs beside this one do the same in Python and Rust; the bytes are
    the same in all three. *)
