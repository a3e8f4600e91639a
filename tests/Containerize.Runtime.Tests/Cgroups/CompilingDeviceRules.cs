using CsCheck;
using Containerize.Runtime.Cgroups;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class CompilingDeviceRules
{
    private static readonly Gen<DevicePermission> AnyRule = Gen.Select(
        Gen.Bool, One('a', 'b', 'c', 'c', 'b'), One(-1L, 0L, 1L, 2L, 0xffff_ffff), One(-1L, 0L, 1L, 2L, 0x8000_0000), Gen.Int[1, 7],
        (allow, type, major, minor, access) => new DevicePermission(allow, type, major, minor, (DeviceAccess)access));

    [Fact]
    public void TheProgramOfTheUsualRules() => Verify.Text(
        string.Join('\n', DeviceProgram.Compile(DevicePolicy.Of(null, ["/dev/null", "/dev/random", "/dev/full", "/dev/tty", "/dev/zero", "/dev/urandom"]).Rules)
            .Select((i, at) => $"{at,3} {i.Code:x2} {i.Target} {i.Source} {i.Offset,2} {i.Value}")));

    [Fact]
    public void EachLetterIsDecidedByTheLastRuleOnIt() => Gen.Select(AnyRule.Array[0, 8], One('b', 'c'), One(0u, 1u, 2u, 3u, 0xffff_ffff),
        One(0u, 1u, 2u, 3u, 0x8000_0000), Gen.Int[1, 7]).Sample(
        (rules, type, major, minor, access) =>
            Assert.Equal(Allowed(rules, type, major, minor, (DeviceAccess)access), Run(rules, type, major, minor, (DeviceAccess)access)),
        iter: 20_000);

    [Fact]
    public void OrderDecidesBetweenOverlappingRules()
    {
        DevicePermission all = new(true, 'c', -1, -1, DeviceAccess.All), hole = new(false, 'c', 1, 3, DeviceAccess.Write);
        Assert.False(Run([all, hole], 'c', 1, 3, DeviceAccess.Write));
        Assert.False(Run([all, hole], 'c', 1, 3, DeviceAccess.Read | DeviceAccess.Write));
        Assert.True(Run([all, hole], 'c', 1, 3, DeviceAccess.Read | DeviceAccess.MakeNode));
        Assert.True(Run([all, hole], 'c', 1, 4, DeviceAccess.All));
        Assert.False(Run([all, hole], 'b', 1, 4, DeviceAccess.Read));
        Assert.True(Run([hole, all], 'c', 1, 3, DeviceAccess.Write));
    }

    [Fact]
    public void TwoRulesTogetherAllowWhatNeitherDoes()
    {
        DevicePermission read = new(true, 'b', 8, -1, DeviceAccess.Read), write = new(true, 'b', -1, 1, DeviceAccess.Write);
        Assert.True(Run([read, write], 'b', 8, 1, DeviceAccess.Read | DeviceAccess.Write));
        Assert.False(Run([read, write], 'b', 8, 2, DeviceAccess.Read | DeviceAccess.Write));
    }

    [Fact]
    public void WhatTheControllerOfVersion1CanExpressIsTheSame() => Gen.Select(AnyRule.Array[0, 6], One('b', 'c'), One(0u, 1u, 2u),
        One(0u, 1u, 2u), Gen.Int[0, 2]).Sample(
        (rules, type, major, minor, letter) =>
        {
            var access = (DeviceAccess)(1 << letter);
            IReadOnlyList<DevicePermission> exceptions;
            try
            {
                exceptions = new DevicePolicy(rules).Exceptions();
            }
            catch (ContainerizeException)
            {
                return;
            }

            var matched = exceptions.Skip(1).Any(e => Matches(e, type, major, minor) && e.Access.HasFlag(access));
            Assert.Equal(Run(rules, type, major, minor, access), matched != exceptions[0].Allow);
        },
        iter: 20_000);

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool Allowed(DevicePermission[] rules, char type, uint major, uint minor, DeviceAccess wanted) =>
        Enum.GetValues<DeviceAccess>().Where(bit => bit is DeviceAccess.Read or DeviceAccess.Write or DeviceAccess.MakeNode && wanted.HasFlag(bit)).All(bit =>
            rules.LastOrDefault(r => r.IsAll || (Matches(r, type, major, minor) && r.Access.HasFlag(bit)))?.Allow ?? false);

    private static bool Matches(DevicePermission rule, char type, uint major, uint minor) =>
        rule.Type == type && (rule.Major < 0 || rule.Major == major) && (rule.Minor < 0 || rule.Minor == minor);

    // The few instructions that are used, as the kernel's documentation describes them.
    private static bool Run(DevicePermission[] rules, char type, uint major, uint minor, DeviceAccess access)
    {
        uint[] context = [((uint)access << 16) | (type == 'b' ? 1u : 2u), major, minor];
        var registers = new ulong[11];
        var program = DeviceProgram.Compile(rules);
        for (var at = 0; ; at++)
        {
            var instruction = program[at];
            ref var target = ref registers[instruction.Target];
            switch (instruction.Code)
            {
                case BpfInstruction.LoadWord:
                    target = context[instruction.Offset / 4];
                    break;
                case BpfInstruction.Move:
                    target = (ulong)instruction.Value;
                    break;
                case BpfInstruction.Copy:
                    target = registers[instruction.Source];
                    break;
                case BpfInstruction.And:
                    target &= (ulong)instruction.Value;
                    break;
                case BpfInstruction.ShiftRight:
                    target >>= instruction.Value;
                    break;
                case BpfInstruction.JumpIfEqual:
                    at += (uint)target == (uint)instruction.Value ? instruction.Offset : 0;
                    break;
                case BpfInstruction.JumpIfNotEqual:
                    at += (uint)target != (uint)instruction.Value ? instruction.Offset : 0;
                    break;
                case BpfInstruction.Exit:
                    return registers[0] == 1;
                default:
                    throw new InvalidOperationException($"instruction {instruction.Code:x2}");
            }
        }
    }
}
