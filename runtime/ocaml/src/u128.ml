include Wide_integer.Make (struct
  let size = 16
  let signed = false
end)
