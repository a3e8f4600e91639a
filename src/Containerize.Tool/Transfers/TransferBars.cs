using Containerize.Registries;
using Spectre.Console;

namespace Containerize.Tool.Transfers;

/// <summary>A live line for each blob that moves: bytes, rate, time left.</summary>
internal sealed class TransferBars : TransferView
{
    private readonly IAnsiConsole _console;
    private readonly Dictionary<string, ProgressTask> _bars = new(StringComparer.Ordinal);
    private readonly Lock _one = new();
    private ProgressContext? _context;

    internal TransferBars(Terminal terminal) => _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        // What is known of the terminal, we know; the writer is one of ours, of which the library does not.
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = ColorSystemSupport.Standard,
        Out = new AnsiConsoleOutput(terminal.Error),
    });

    public override void Report(BlobProgress value)
    {
        lock (_one)
        {
            if (_context is null)
            {
                return;
            }

            var name = $"{(value.IsUpload ? "Sending" : "Getting")} {value.Blob.Abbreviated}";
            if (!_bars.TryGetValue(name, out var bar))
            {
                bar = _bars[name] = _context.AddTask(name, maxValue: Math.Max(value.Size, 1));
            }

            bar.Value = value.Done;
        }
    }

    internal override void Say(string line) => _console.WriteLine(Printable.Of(line));

    internal override async Task RunAsync(Func<Task> work) => await _console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            lock (_one)
            {
                _context = context;
            }

            try
            {
                // The work blocks its thread, and the lines are drawn by another.
                await Task.Run(work);
            }
            finally
            {
                lock (_one)
                {
                    _context = null;
                }
            }
        });
}
