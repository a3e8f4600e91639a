using System.Runtime.InteropServices;
using Containerize.Tool;

using var cancellation = new CancellationTokenSource();
void Cancel(PosixSignalContext context)
{
    // Once asks; twice ends at once, as the system does it.
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var terminal = Terminal.OfProcess();
return await CommandLine.RunAsync(args, terminal, cancellation.Token);
