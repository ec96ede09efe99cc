fn main() -> Result<(), mycelium_build::BuildError> {
    mycelium_build::generate("schemas")
}
