Console.WriteLine("Hello from native code in a container!");
