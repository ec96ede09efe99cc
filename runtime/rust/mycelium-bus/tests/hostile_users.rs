//! Processes of another user: turned away at the sockets, and nobody else is disturbed.
//!
//! It takes root to become another user. Where the tests run as somebody else, the strangers' parts are left out, with a line that says
//! so: what is checked then is that sockets are for their owner alone, and that a process of the same user is welcome.
#![cfg(target_os = "linux")]

mod hostile;
mod remote;

use std::fs::Permissions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use hostile::{Stage, Witness};
use mycelium_bus::{LinkState, Node};
use remote::{Folder, LONG};

/// Which user's process a child is to be, by its number: `nobody`.
const STRANGER: u32 = 65_534;

/// What the child process does, and where.
const TASK: &str = "MYCELIUM_TEST_TASK";
const SOCKET: &str = "MYCELIUM_TEST_SOCKET";

fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        eprintln!("not root: nobody can be turned away for being another user in this run");
    }
    is_root
}

/// This program where everybody may run it.
fn program(folder: &Path) -> PathBuf {
    let copy = folder.join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    open_to_all(&copy, 0o755);
    open_to_all(folder, 0o777);
    copy
}

fn open_to_all(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Starts this program again, as another user where there is one to be, for one task.
fn start(program: &Path, user: Option<u32>, task: &str, socket: &Path) -> Child {
    let mut command = Command::new(program);
    command
        .args(["--exact", "the_other_process", "--nocapture"])
        .env(TASK, task)
        .env(SOCKET, socket)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    command.spawn().unwrap()
}

fn run(program: &Path, user: Option<u32>, task: &str, socket: &Path) {
    let output = start(program, user, task, socket)
        .wait_with_output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{task} as {user:?}: {said}");
}

/// Not a test of its own: what the processes run that the others start.
#[test]
fn the_other_process() {
    let (Some(task), Some(socket)) = (std::env::var_os(TASK), std::env::var_os(SOCKET)) else {
        return;
    };
    match task.to_str().unwrap() {
        "finds it closed" => {
            let error = UnixStream::connect(socket).expect_err("the socket is open to all");
            assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        }
        "is turned away" => {
            let mut stream = UnixStream::connect(socket).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            // Whether this arrives depends on who is faster.
            let _ = stream.write_all(&[1, 0, 0, 1]);
            let heard = stream.read(&mut [0; 64]);
            let kind = heard.as_ref().map_err(std::io::Error::kind);
            assert!(
                matches!(kind, Ok(0) | Err(ErrorKind::ConnectionReset)),
                "{heard:?}"
            );
        }
        "is answered" => {
            let mut stream = UnixStream::connect(socket).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            stream.write_all(&[9; 8]).unwrap();
            assert!(stream.read(&mut [0; 64]).unwrap() > 0);
        }
        "listens" => {
            let listener = UnixListener::bind(&socket).unwrap();
            open_to_all(Path::new(&socket), 0o666);
            println!("ready");
            // Until the test ends it.
            let _ = std::io::stdin().read(&mut [0]);
            drop(listener);
        }
        other => panic!("no such task: {other}"),
    }
}

#[test]
fn who_comes_as_another_user_is_turned_away_and_said_to_have_come() {
    let elsewhere = Folder::new();
    let program = program(elsewhere.path());
    for (kind, name) in [("unix", "left.sock"), ("shm", "lanes.sock")] {
        let stage = Stage::new(kind, LONG);
        let socket = stage.folder.path().join(name);
        let mode = socket.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{kind}");
        let mut witness = Witness::of(&stage);
        if is_root() {
            open_to_all(stage.folder.path(), 0o755);
            run(&program, Some(STRANGER), "finds it closed", &socket);
            // Even where somebody opens the socket to all, it is for one user.
            open_to_all(&socket, 0o666);
            for _ in 0..3 {
                run(&program, Some(STRANGER), "is turned away", &socket);
                witness.is_undisturbed();
            }
            // The link that nobody holds tells of it.
            let error = stage.wait_for_error("c", "runs as user 65534");
            assert!(error.starts_with("turned somebody away: "), "{error}");
            assert!(error.contains("run both as one user"), "{error}");
        }
        run(&program, None, "is answered", &socket);
        witness.is_undisturbed();
    }
}

#[test]
fn who_is_dialled_and_is_another_user_is_told_nothing() {
    if !is_root() {
        return;
    }
    let elsewhere = Folder::new();
    let program = program(elsewhere.path());
    for (kind, name) in [("unix", "left.sock"), ("shm", "lanes.sock")] {
        let stage = Stage::new(kind, LONG);
        let socket = stage.folder.path().join(name);
        // Somebody takes the place of the node that is to listen there. A folder where all may do so is refused before that.
        stage.left.close();
        open_to_all(stage.folder.path(), 0o777);
        assert!(Node::from_topology(&stage.topology, "right").is_err());
        let mut stranger = start(&program, Some(STRANGER), "listens", &socket);
        let mut said = stranger.stdout.take().unwrap();
        let mut line = Vec::new();
        while !line.ends_with(b"ready\n") {
            let mut byte = [0];
            assert_eq!(said.read(&mut byte).unwrap(), 1, "{line:?}");
            line.push(byte[0]);
        }
        open_to_all(stage.folder.path(), 0o755);
        let right = stage.right();
        let deadline = Instant::now() + LONG;
        loop {
            let state = right.links()[0].state.clone();
            if matches!(&state, LinkState::Connecting { last_error: Some(error) }
                if error.contains("runs as user 65534"))
            {
                break;
            }
            assert!(Instant::now() < deadline, "{kind}: {state}");
            std::thread::yield_now();
        }
        drop(stranger.stdin.take());
        let status = stranger.wait().unwrap();
        drop(said);
        assert!(status.success(), "{status}");
    }
}
