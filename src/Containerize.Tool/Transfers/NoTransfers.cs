using Containerize.Registries;

namespace Containerize.Tool.Transfers;

/// <summary>Shows nothing.</summary>
internal sealed class NoTransfers : TransferView
{
    public override void Report(BlobProgress value)
    {
    }

    internal override void Say(string line)
    {
    }
}
