using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;

namespace DoorController.Tests.Scenes
{
    /// <summary>What goes wrong with boards, flash, radio and network.</summary>
    internal static class FaultSteps
    {
        private static readonly (NetworkFault Fault, SceneFault Kind)[] Network =
        [
            (NetworkFault.Refused, SceneFault.ServerRefuses), (NetworkFault.Hang, SceneFault.ServerHangs), (NetworkFault.AnswerLost, SceneFault.AnswerLost),
            (NetworkFault.Truncated, SceneFault.ReplyTruncated), (NetworkFault.TooLong, SceneFault.ReplyTooLong),
            (NetworkFault.ErrorStatus, SceneFault.ServerSaysAnError), (NetworkFault.Garbled, SceneFault.ReplyGarbled),
        ];

        public static IReadOnlyList<SceneAction> All { get; } =
        [
            new("power cut", 4, w => Do(w, SceneFault.PowerCut, door => door.CutPower(w.Random.Next(10, 100_000)))),
            new("power cut in a write", 8, w => On(w, door => door.CutInFlash(12))),
            new("power cuts in a row", 3, CutsInARow),
            new("reset of the processor", 2, w => Do(w, SceneFault.Reset, door => door.Reset())),
            new("runtime stands still", 3, Freeze),
            new("network fails", 5, NetworkFails),
            new("server answers late", 1, w => Do(w, SceneFault.ServerLate, door => door.Host.Network.LatencyMs = w.Random.Next(1000, 40_000))),
            new("access point vanishes", 2, w => Do(w, SceneFault.AccessPointVanishes, door => door.Host.Network.IsUp = false)),
            new("network is well", 4, w => Mend(w.AnyDoor().Host.Network)),
            new("flash is full", 2, w => Spoil(w, SceneFault.FlashFull, flash => flash.Fill(w.Random.Next(20, 64)))),
            new("flash is worn out", 1, w => Spoil(w, SceneFault.FlashWornOut, flash => flash.IsWornOut = true)),
            new("flash lies", 2, w => Lie(w, flash => flash.Silent.Next = w.Random.Next(1, 6))),
            new("flash lies now and then", 1, FlashLies),
            new("flash is well", 5, w => HealFlash(w.AnyDoor())),
            new("bit rot", 2, Rot),
            new("partition is formatted", 1, Format),
            new("cable", 3, w => Cable(w, w.AnyDoor())),
            new("connection fails", 2, w => Do(w, SceneFault.RadioDead, door => door.Host.Radio.FailConnection())),
            new("radio does not start", 1, w => Do(w, SceneFault.RadioDoesNotStart, door => door.Host.Radio.StartsToRefuse = w.Random.Next(1, 4))),
            new("notifications are lost", 2, w => Do(w, SceneFault.NotificationsLost, door => door.Host.Radio.NotificationsToLose = w.Random.Next(1, 10))),
            new("strike refuses", 1, w => Do(w, SceneFault.StrikeRefuses, door => door.Host.Strike.Refuses = w.Random.Next(3) != 0)),
            new("strike never idle", 1, w => Do(w, SceneFault.StrikeNeverIdle, door => door.Host.Strike.NeverIdle = w.Random.Next(3) != 0)),
            new("memory runs low", 1, w => Do(w, SceneFault.MemoryLow, door => door.Host.Power.FreeNativeBytes = w.Random.Next(2) == 0 ? 1000 : 100_000)),
        ];

        /// <summary>Everything is well again.</summary>
        public static void Heal(SceneDoor door)
        {
            HealFlash(door);
            Mend(door.Host.Network);
            door.BootsToCut = 0;
            door.Host.Radio.StartsToRefuse = 0;
            door.Host.Radio.NotificationsToLose = 0;
            door.Host.Strike.Refuses = false;
            door.Host.Strike.NeverIdle = false;
            door.Host.Power.FreeNativeBytes = 100_000;
        }

        /// <summary>The flash tool gives a door that lost its keys new ones, and its lists.</summary>
        public static void Cable(SceneWorld w, SceneDoor door)
        {
            if (door.Door.Memory.Keyring.HasKeys)
            {
                return;
            }

            door.Flash.Power.CutAt = 0;
            byte[] provision = door.Served.Provision(w.Server.Scopes);
            door.Flash.Replace("provision", provision, 0, provision.Length);
            foreach ((SceneScope scope, int slot) in w.Server.Scopes.Select((s, slot) => (s, slot)).Where(s => s.s.Version > 0))
            {
                byte[] list = ListBlob.ForDoor(Support.Site.Root, door.Id, door.Served.DoorGeneration, scope.Body(0, w.Server.IsScattered));
                door.Flash.Replace("list" + slot, list, 0, list.Length);
            }

            door.Reset();
            door.Run(2000);
        }

        private static void Do(SceneWorld w, SceneFault fault, Action<SceneDoor> act)
        {
            w.Counts.Reached(fault);
            On(w, act);
        }

        private static void On(SceneWorld w, Action<SceneDoor> act)
        {
            SceneDoor door = w.AnyDoor();
            w.Tell($"    door {door.Id}");
            act(door);
        }

        private static void CutsInARow(SceneWorld w) => Do(w, SceneFault.PowerCut, door =>
        {
            door.BootsToCut = w.Random.Next(1, 4);
            door.CutPower(w.Random.Next(10, 5000));
        });

        private static void Format(SceneWorld w) => Do(w, SceneFault.PartitionFormatted, door =>
        {
            door.Flash.Format();
            door.Watch.Formatted();
            door.CutPower(1000);
        });

        private static void Freeze(SceneWorld w) => Do(w, SceneFault.RuntimeStandsStill, door =>
        {
            long ms = w.Random.Next(100, 8000);
            door.Watch.FrozenMs = Math.Max(door.Watch.FrozenMs, ms);
            door.Host.Freeze(ms, w.Random.Next(2) == 0);
            door.Pass();
            door.Host.Radio.DispatchWaiting();
        });

        private static void NetworkFails(SceneWorld w)
        {
            (NetworkFault fault, SceneFault kind) = Network[w.Random.Next(Network.Length)];
            Do(w, kind, door => door.Host.Network.Fault = fault);
        }

        private static void Mend(VirtualNetwork network)
        {
            network.Fault = NetworkFault.None;
            network.IsUp = true;
            network.LatencyMs = 50;
        }

        private static void Spoil(SceneWorld w, SceneFault fault, Action<VirtualFlash> act)
        {
            w.Counts.Reached(fault);
            Lie(w, act);
        }

        private static void Lie(SceneWorld w, Action<VirtualFlash> act) => On(w, door =>
        {
            door.Watch.IsFlashBad = true;
            act(door.Flash);
        });

        private static void FlashLies(SceneWorld w) => Lie(w, flash =>
        {
            flash.Silent.Seed = w.Random.Next();
            flash.Silent.Share = 0.2;
        });

        private static void HealFlash(SceneDoor door)
        {
            door.Flash.Unfill();
            door.Flash.IsWornOut = false;
            door.Flash.Silent.Next = 0;
            door.Flash.Silent.Share = 0;
            door.Flash.Power.CutAt = 0;
            door.Run(Limits.FlashRetryMs + 2000, 500);
            door.Watch.IsFlashBad = false;
        }

        /// <summary>One bit of one file. A file whose older slot then counts has its own promise in STORAGE.md; keys are left out, since an older bundle is what that says.</summary>
        private static void Rot(SceneWorld w) => Do(w, SceneFault.BitRot, door =>
        {
            string[] files = door.Flash.List();
            string[] hit = [.. Array.FindAll(files, f => f.StartsWith("win", StringComparison.Ordinal) || f.StartsWith("lists", StringComparison.Ordinal)
                || f.StartsWith("au", StringComparison.Ordinal) || f.StartsWith("tech", StringComparison.Ordinal))];
            if (hit.Length == 0)
            {
                return;
            }

            Array.Sort(hit, StringComparer.Ordinal);
            string file = hit[w.Random.Next(hit.Length)];
            int length = door.Flash.Length(file);
            if (length > 0)
            {
                w.Tell($"    file {file}");
                door.Watch.IsTrailRotten |= file.StartsWith("au", StringComparison.Ordinal);
                door.Flash.Rot(file, w.Random.Next(length), w.Random.Next(8));
            }
        });
    }
}
