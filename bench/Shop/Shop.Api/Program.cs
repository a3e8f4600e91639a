using Dapper;
using Microsoft.Data.Sqlite;
using Newtonsoft.Json;
using Serilog;
using Shop.Api.Endpoints;

var builder = WebApplication.CreateBuilder(args);
builder.Host.UseSerilog((_, logger) => logger.WriteTo.Console());

var app = builder.Build();
app.MapStaticAssets();
// The number below is what the benchmark's "one-line edit" changes.
app.MapGet("/revision", () => "revision 0");
app.MapGet("/sqlite", () =>
{
    using var database = new SqliteConnection("Data Source=:memory:");
    return JsonConvert.SerializeObject(new { Version = database.QuerySingle<string>("select sqlite_version()") });
});
app.MapGoods();
app.MapOrders();
app.Run();
