using Containerize.Registries;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Transfers;

/// <summary>A line for each blob that is there: for logs.</summary>
internal sealed class TransferLines(Terminal terminal) : TransferView
{
    private readonly Lock _one = new();

    public override void Report(BlobProgress value)
    {
        if (value.Done == value.Size)
        {
            Say($"{(value.IsUpload ? "Sent" : "Got")} {value.Blob.Abbreviated} ({ByteSize.Of(value.Size)})");
        }
    }

    internal override void Say(string line)
    {
        lock (_one)
        {
            terminal.Error.WriteLine(Printable.Of(line));
        }
    }
}
