switch (args)
{
    case ["--is-open"]:
        Console.WriteLine(Environment.GetEnvironmentVariable("CLOSED") ?? "open");
        return Environment.GetEnvironmentVariable("CLOSED") is null ? 0 : 1;
    case ["--count", var things]:
        Console.WriteLine($"counting {things}");
        Console.Error.WriteLine("there are none");
        return 5;
}

if (Environment.GetEnvironmentVariable("DATABASE") is { } database)
{
    Console.Error.WriteLine($"connecting to {database}");
    Console.Error.WriteLine($"there is no database at {database}");
    return 3;
}

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapGet("/", () => $"{Environment.GetEnvironmentVariable("GREETING") ?? "Hello"} from {Environment.UserName}");
app.MapGet("/prices", () => File.ReadAllText("/data/prices.txt"));
app.MapGet("/neighbour", async (string name) => await new HttpClient().GetStringAsync($"http://{name}:8080/"));
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("the shop is open"));
app.Lifetime.ApplicationStopped.Register(() => Console.WriteLine("the shop is closed"));
app.Run();
return 0;
