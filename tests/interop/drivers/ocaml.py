"""The driver program of OCaml: generated codecs, the runtime beside them, and a loop over requests."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mycelium.codegen.ocaml import generate
from mycelium.codegen.ocaml.symbols import symbols_of
from mycelium.codegen.output import write
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.schema import Schema

RUNTIME = Path(__file__).resolve().parents[3] / "runtime" / "ocaml"

MAIN = """\
let decode_and_encode (module M : Mycelium.Message.S) body =
  match M.decode body with
  | Error { code; offset; path } ->
      Printf.sprintf "error %s %d %s" (Mycelium.Error_code.to_string code) offset path
  | Ok message -> (
      match M.encode message with
      | Error { code; path } ->
          Printf.sprintf "error %s 0 %s" (Mycelium.Error_code.to_string code) path
      | Ok encoded -> "ok " ^ Mycelium.Hexadecimal.encode (Bytes.unsafe_to_string encoded))

let messages : (string, (module Mycelium.Message.S)) Hashtbl.t = Hashtbl.create 64

let refused code offset path =
  Printf.sprintf "error %s %d %s" (Mycelium.Error_code.to_string code) offset path

(* A whole frame, of any message. *)
let decode_and_encode_frame bytes =
  let open Mycelium in
  let registry = Mycelium_registry.registry in
  match Frame.decode ~knows:(Registry.knows registry) bytes with
  | Error { code; offset; path } -> refused code offset path
  | Ok frame -> (
      match Registry.find registry frame.type_id with
      | None -> "error UNKNOWN_TYPE 0 Frame"
      | Some (module M) -> (
          match M.decode (Frame.body frame) with
          | Error { code; offset; path } -> refused code offset path
          | Ok message -> (
              match M.encode_frame message with
              | Error { code; path } -> refused code 0 path
              | Ok bytes -> "ok " ^ Hexadecimal.encode (Bytes.unsafe_to_string bytes))))

let answer name digits =
  match (Hashtbl.find_opt messages name, Mycelium.Hexadecimal.decode digits) with
  | None, Some bytes when name = "*" -> decode_and_encode_frame (Bytes.unsafe_of_string bytes)
  | None, _ -> "error UNKNOWN_TYPE 0 " ^ name
  | _, None -> "error BAD_REQUEST 0 -"
  | Some message, Some body -> decode_and_encode message (Bytes.unsafe_of_string body)

let parts line =
  match String.index_opt line ' ' with
  | None -> (line, "")
  | Some space ->
      (String.sub line 0 space, String.sub line (space + 1) (String.length line - space - 1))

let rec serve () =
  match input_line stdin with
  | exception End_of_file -> ()
  | line ->
      let name, digits = parts line in
      print_endline (answer name digits);
      serve ()

let add name message = Hashtbl.replace messages name message

"""


def build(schema: Schema, work: Path) -> list[str]:
    """Generate and build in ``work``; the command answers requests line by line, as the testee says."""
    write_project(schema, work)
    main = MAIN + "let () =\n" + "".join(_additions(schema)) + "  serve ()\n"
    return [str(build_program(schema, work, "main", main, "release"))]


def write_project(schema: Schema, work: Path) -> None:
    """The runtime and the generated code in one dune workspace."""
    not_needed = shutil.ignore_patterns("_build", "test", "control")
    shutil.copytree(RUNTIME, work / "mycelium", ignore=not_needed, dirs_exist_ok=True)
    write(work / "generated", generate(schema, GenerationOptions()))
    for file in generate(schema, GenerationOptions(inside_runtime=True)):
        path = work / "mycelium" / file.path
        path.parent.mkdir(exist_ok=True)
        path.write_text(file.text)
    (work / "dune-project").write_text("(lang dune 2.9)\n")


def build_program(schema: Schema, work: Path, name: str, text: str, profile: str) -> Path:
    """Compile a program of one module against everything generated; where it is then."""
    symbols = symbols_of(schema)
    libraries = " ".join(["mycelium", *(symbols.public_name(package.name) for package in schema.packages)])
    folder = work / name
    folder.mkdir(exist_ok=True)
    (folder / "dune").write_text(f"(executable (name {name}) (libraries {libraries} mycelium_registry))\n")
    (folder / f"{name}.ml").write_text(text)
    run_dune(work, profile, f"./{name}/{name}.exe")
    return work / "_build" / "default" / name / f"{name}.exe"


def run_dune(work: Path, profile: str, target: str) -> None:
    """``dune build``; what it complains of becomes the exception's text."""
    command = ["dune", "build", "--root", str(work), "--profile", profile, "-j", "2", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")


def _additions(schema: Schema) -> Iterator[str]:
    """Every message under its full name, and under its short one where no other has it."""
    symbols = symbols_of(schema)
    short_names = Counter(message.name for message in schema.messages())
    for message in schema.messages():
        module = f"(module {symbols.module_from('', message.qualified_name)})"
        yield f'  add "{message.qualified_name}" {module};\n'
        if short_names[message.name] == 1:
            yield f'  add "{message.name}" {module};\n'
