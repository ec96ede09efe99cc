let () =
  Number_tests.run ();
  Text_tests.run ();
  Copying_tests.run ();
  Frame_tests.run ();
  Frame_reader_tests.run ();
  Message_tests.run ();
  Version_tests.run ();
  Check.finish ()
