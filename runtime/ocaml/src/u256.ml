include Wide_integer.Make (struct
  let size = 32
  let signed = false
end)
