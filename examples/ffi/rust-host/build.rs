//! Lets the program find the interpreter's library where it was found when this was built.

fn main() {
    pyo3_build_config::add_libpython_rpath_link_args();
}
