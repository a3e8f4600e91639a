var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddHostedService<Ticker>();
builder.Build().Run();

internal sealed class Ticker(ILogger<Ticker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var tick = 1; !stoppingToken.IsCancellationRequested; tick++)
        {
            logger.LogInformation("tick {Tick}", tick);
            await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
        }
    }
}
