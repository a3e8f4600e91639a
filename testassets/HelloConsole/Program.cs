Console.WriteLine($"Hello from a container, {string.Join(' ', args.DefaultIfEmpty("whoever you are"))}!");
