type t =
  | Truncated
  | Non_canonical
  | Field_order
  | Bad_length
  | Missing_field
  | Bad_kind
  | Kind_mismatch
  | Depth_exceeded
  | Bound_exceeded
  | Budget_exceeded
  | Bad_bool
  | Bad_enum
  | Bad_utf8
  | Bad_ascii
  | Out_of_range
  | Bad_version
  | Bad_flags
  | Frame_too_large
  | Unknown_type
  | Trailing_bytes
  | Encode_type
  | Encode_range

let to_string = function
  | Truncated -> "TRUNCATED"
  | Non_canonical -> "NON_CANONICAL"
  | Field_order -> "FIELD_ORDER"
  | Bad_length -> "BAD_LENGTH"
  | Missing_field -> "MISSING_FIELD"
  | Bad_kind -> "BAD_KIND"
  | Kind_mismatch -> "KIND_MISMATCH"
  | Depth_exceeded -> "DEPTH_EXCEEDED"
  | Bound_exceeded -> "BOUND_EXCEEDED"
  | Budget_exceeded -> "BUDGET_EXCEEDED"
  | Bad_bool -> "BAD_BOOL"
  | Bad_enum -> "BAD_ENUM"
  | Bad_utf8 -> "BAD_UTF8"
  | Bad_ascii -> "BAD_ASCII"
  | Out_of_range -> "OUT_OF_RANGE"
  | Bad_version -> "BAD_VERSION"
  | Bad_flags -> "BAD_FLAGS"
  | Frame_too_large -> "FRAME_TOO_LARGE"
  | Unknown_type -> "UNKNOWN_TYPE"
  | Trailing_bytes -> "TRAILING_BYTES"
  | Encode_type -> "ENCODE_TYPE"
  | Encode_range -> "ENCODE_RANGE"

let pp formatter code = Format.pp_print_string formatter (to_string code)
