using Containerize.Testing;
using Xunit;

namespace Shop.Tests;

public sealed class ShopContainer : ContainerFixture, IAsyncLifetime
{
    public static ContainerOptions Options => ForProject("../Shop") with { Ports = [8080] };

    protected override ContainerOptions Configure() => Options with
    {
        Environment = new Dictionary<string, string> { ["GREETING"] = "Good morning" },
        Volumes = ["./data:/data:ro"],
        Wait = [WaitFor.Log("^the shop is open$"), WaitFor.Port(8080), WaitFor.Http("/prices"), WaitFor.HealthCheck()],
    };
}
