using Containerize.Registries;

namespace Containerize.Tool.Transfers;

/// <summary>What people see of blobs that move, on standard error.</summary>
internal abstract class TransferView : IProgress<BlobProgress>
{
    /// <summary>Bars at a terminal that wants them, lines elsewhere, nothing where quiet was asked for.</summary>
    internal static TransferView For(Terminal terminal, Verbosity verbosity) => verbosity == Verbosity.Quiet
        ? new NoTransfers()
        : terminal.ErrorStyle.Colour ? new TransferBars(terminal) : new TransferLines(terminal);

    public abstract void Report(BlobProgress value);

    /// <summary>Shows a line.</summary>
    internal abstract void Say(string line);

    /// <summary>Shows what moves while the work is done.</summary>
    internal virtual Task RunAsync(Func<Task> work) => work();
}
