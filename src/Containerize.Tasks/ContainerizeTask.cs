using Microsoft.Build.Framework;

namespace Containerize.Tasks;

/// <summary>The edge between MSBuild and the library: one catch, one error with a number, cancellation.</summary>
public abstract class ContainerizeTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    // The page is in the package, so it is there offline and for this version; terminals open it as a link behind the code.
    private static readonly string ErrorPage = new Uri(
        Path.Combine(Path.GetDirectoryName(typeof(ContainerizeTask).Assembly.Location)!, "..", "..", "docs", "errors.md")).AbsoluteUri;

    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The project file, for errors that have no other place.</summary>
    public string? ProjectFile { get; set; }

    /// <inheritdoc />
    public sealed override bool Execute()
    {
        try
        {
            RunAsync(_cancellation.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            Log.LogMessage(MessageImportance.High, "The image was not finished: the build was cancelled. Nothing is left half.");
            return false;
        }
        catch (ContainerizeException e)
        {
            Report(e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A defect of ours still gets a number and a sentence; the stack is for the one who reports it.
            Report(new ContainerizeException(
                9001, "building the image", $"an unexpected {e.GetType().Name} occurred ({e.Message.TrimEnd('.')})", "Please report it with the log of -v:detailed.", e));
        }

        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc />
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc />
    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work.</summary>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    private void Report(ContainerizeException e)
    {
        Log.LogError(
            subcategory: null,
            errorCode: e.Code,
            helpKeyword: null,
            helpLink: ErrorPage,
            file: e.File ?? ProjectFile,
            lineNumber: e.Line,
            columnNumber: e.Column,
            endLineNumber: 0,
            endColumnNumber: 0,
            message: "{0}",
            e.Message);
        if (e.InnerException is { } inner)
        {
            Log.LogMessage(MessageImportance.Low, "{0}", inner.ToString());
        }
    }
}
