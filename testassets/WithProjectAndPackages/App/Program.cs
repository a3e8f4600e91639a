using Dapper;
using Microsoft.Data.Sqlite;
using Newtonsoft.Json;
using Serilog;
using Shop.Domain;

var builder = WebApplication.CreateBuilder(args);
builder.Host.UseSerilog((_, logger) => logger.WriteTo.Console());

var app = builder.Build();
app.MapStaticAssets();
app.MapGet("/", () =>
{
    // SQLite is the package with a native library: an answer proves that it was found.
    using var database = new SqliteConnection("Data Source=:memory:");
    var version = database.QuerySingle<string>("select sqlite_version()");
    return JsonConvert.SerializeObject(new { Price = Prices.Of("tea"), Sqlite = version });
});
app.Run();
