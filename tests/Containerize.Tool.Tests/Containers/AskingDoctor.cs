using System.Text.Json;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>doctor on this machine: what it says works is what containers have, so nothing of it is broken.</summary>
public abstract class AskingDoctor(LocalMachine machine)
{
    /// <summary>What is looked at, in order.</summary>
    protected abstract string Subjects { get; }

    [SkippableFact]
    public async Task AMachineOnWhichContainersRunIsNotBroken()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("doctor", "--offline", "--format", "json");
        using var findings = JsonDocument.Parse(result.Output);
        Assert.Equal(Subjects, string.Join(", ", findings.RootElement.EnumerateArray().Select(f => f.GetProperty("subject").GetString())));
        Assert.DoesNotContain("broken", findings.RootElement.EnumerateArray().Select(f => f.GetProperty("verdict").GetString()));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(machine.HasUsers ? "ok" : "lacks", Verdict(findings, "ids of other users"));
        Assert.Equal("ok", Verdict(findings, "overlay filesystem"));
        // Nothing of the trials is left.
        Assert.Equal([], Directory.GetDirectories(Path.Combine(machine.Root, "data"), "doctor-*"));
    }

    [SkippableFact]
    public async Task WhatDoesNotWorkHasAFullLineAndWhatMendsItAnother()
    {
        LocalMachine.Require();
        var lines = (await machine.RunAsync("doctor", "localhost:9")).Output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("ok    runtime: containerize-runtime version ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("lack  registry localhost:9: it does not answer: ", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("      mend it:  ", lines[^1], StringComparison.Ordinal);
    }

    /// <summary>Root's.</summary>
    public sealed class OfRoot(LocalMachine machine) : AskingDoctor(machine), IClassFixture<LocalMachine>
    {
        /// <inheritdoc />
        protected override string Subjects => "runtime, storage, overlay filesystem, cgroups, network to the outside";
    }

    /// <summary>Those of a plain user with ids of other users.</summary>
    public sealed class OfAPlainUser(PlainMachine machine) : AskingDoctor(machine), IClassFixture<PlainMachine>
    {
        /// <inheritdoc />
        protected override string Subjects => PlainSubjects;
    }

    /// <summary>Those of one without.</summary>
    public sealed class OfAUserWithOneId(BareMachine machine) : AskingDoctor(machine), IClassFixture<BareMachine>
    {
        /// <inheritdoc />
        protected override string Subjects => PlainSubjects;
    }

    private const string PlainSubjects = "runtime, storage, user namespaces, ids of other users, runtime folder, overlay filesystem, cgroups, network to the outside, ports below 1024";

    private static string Verdict(JsonDocument findings, string subject) =>
        findings.RootElement.EnumerateArray().Where(f => f.GetProperty("subject").GetString() == subject).Select(f => f.GetProperty("verdict").GetString()!).DefaultIfEmpty("ok").Single();
}
