var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();

var app = builder.Build();
app.MapStaticAssets();
app.MapHealthChecks("/health");
app.MapGet("/", () => new Greeting("Hello from a container", Environment.UserName, Environment.Version.ToString()));
app.Run();

internal sealed record Greeting(string Message, string User, string Runtime);
