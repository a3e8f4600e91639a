using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Containerize.Registries.Credentials;

/// <summary>One of docker's credential helpers (<see href="https://github.com/docker/docker-credential-helpers"/>): a program that keeps them elsewhere.</summary>
/// <param name="name">What follows <c>docker-credential-</c> in the program's name.</param>
/// <param name="environment">Reads an environment variable; PATH has the program.</param>
/// <param name="limit">How long it may take; null: ten seconds.</param>
internal sealed class CredentialHelper(string name, Func<string, string?> environment, TimeSpan? limit = null)
{
    private const int MaxBytes = 1024 * 1024;

    // A refresh token in place of a password.
    private const string TokenUser = "<token>";

    // Its words for there being none, on standard output with exit code 1.
    private const string NotFound = "credentials not found in native keychain";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The program's name.</summary>
    internal string Program => "docker-credential-" + name;

    /// <summary>What it has for a registry; null for nothing; CTZ4020 where it fails.</summary>
    internal RegistryCredential? Get(string serverUrl)
    {
        var (code, output) = Run("get", serverUrl);
        if (code != 0)
        {
            return output.Contains(NotFound, StringComparison.OrdinalIgnoreCase) ? null : throw Failed($"it ended with {code}");
        }

        try
        {
            using var document = JsonDocument.Parse(output, new JsonDocumentOptions { MaxDepth = 8 });
            var user = document.RootElement.TextOf("Username");
            var secret = document.RootElement.TextOf("Secret");
            return (user, secret) switch
            {
                (null or "", _) or (_, null or "") => null,
                (TokenUser, _) => RegistryCredential.OfIdentity(secret, Program),
                _ => new RegistryCredential(user, new Secret(secret), Program),
            };
        }
        catch (JsonException)
        {
            throw Failed("its answer is no JSON");
        }
    }

    /// <summary>Gives it a credential to keep; CTZ4020 where it fails.</summary>
    internal void Store(string serverUrl, string user, Secret password)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("ServerURL", serverUrl);
            json.WriteString("Username", user);
            json.WriteString("Secret", password.Reveal());
            json.WriteEndObject();
        }

        Expect(Run("store", Encoding.UTF8.GetString(text.ToArray())).Code);
    }

    /// <summary>Makes it forget one; that it has none is no failure.</summary>
    internal void Erase(string serverUrl)
    {
        var (code, output) = Run("erase", serverUrl);
        if (!output.Contains(NotFound, StringComparison.OrdinalIgnoreCase))
        {
            Expect(code);
        }
    }

    private void Expect(int code)
    {
        if (code != 0)
        {
            throw Failed($"it ended with {code}");
        }
    }

    // The name comes from a file that somebody else may have written. What the helper says may have the secret in it, and is never shown.
    private (int Code, string Output) Run(string action, string input)
    {
        if (name.Length > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw Failed("its name may only have letters, digits and the characters . _ -");
        }

        var start = new ProcessStartInfo(Locate() ?? throw Failed("it is not installed, or cannot be executed"), [action])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            using var process = Process.Start(start) ?? throw Failed("it does not start");
            return Talk(process, input);
        }
        catch (Win32Exception)
        {
            throw Failed("it is not installed, or cannot be executed");
        }
    }

    // Process.Start looks into the current folder before PATH, and that may be a repository of somebody else's.
    private string? Locate()
    {
        var file = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        return (environment("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(CanExecute);
    }

    private static bool CanExecute(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
    }

    private (int Code, string Output) Talk(Process process, string input)
    {
        using var stop = new CancellationTokenSource(limit ?? Limit);
        try
        {
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, stop.Token);
            var output = ReadAsync(process.StandardOutput.BaseStream, stop.Token);
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It did not want to know; its exit code says what it thinks.
            }

            var bytes = output.GetAwaiter().GetResult();
            errors.GetAwaiter().GetResult();
            process.WaitForExitAsync(stop.Token).GetAwaiter().GetResult();
            return (process.ExitCode, Encoding.UTF8.GetString(bytes));
        }
        catch (OperationCanceledException)
        {
            throw Failed($"it did not answer in {(limit ?? Limit).TotalSeconds:0.#} seconds");
        }
        finally
        {
            End(process);
        }
    }

    private async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > MaxBytes)
            {
                throw Failed($"its answer is longer than {MaxBytes} bytes");
            }
        }

        return bytes.ToArray();
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It has ended by itself.
        }
    }

    private ContainerizeException Failed(string why) =>
        new(4020, $"asking the credential helper {Program}", why, "Install or mend it, or take it out of credsStore and credHelpers.");
}
