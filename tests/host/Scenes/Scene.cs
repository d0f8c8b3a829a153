using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Sync;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>One seed: doors, people and faults, and at its end all is mended and a good key must open every door.</summary>
    internal sealed class Scene(int seed)
    {
        public const int LeastSteps = 60;

        /// <summary>Windows 10, bundle 2, segments of the trail 17 (STORAGE.md section 7).</summary>
        private const int MostBlocks = 29;

        public int Seed => seed;

        /// <summary>The steps of the seed.</summary>
        public IReadOnlyList<SceneStep> Plan()
        {
            Random random = new(seed);
            return [.. Enumerable.Range(0, random.Next(LeastSteps, LeastSteps + 30)).Select(_ => SceneStep.Draw(random))];
        }

        /// <summary>Plays steps.</summary>
        /// <param name="tell">Is told each of them, and what came of it.</param>
        /// <returns>Null when every promise held.</returns>
        public SceneFailure? Play(IReadOnlyList<SceneStep> steps, SceneCounts counts, Action<string>? tell = null)
        {
            int at = 0;
            try
            {
                using SceneWorld world = new(seed, counts, tell);
                for (; at < steps.Count; at++)
                {
                    SceneStep step = steps[at];
                    tell?.Invoke($"{at + 1,3} {SceneStep.All[step.Action].Name}");
                    world.Random = new Random(step.Seed);
                    SceneStep.All[step.Action].Act(world);
                    world.LiveOn();
                }

                tell?.Invoke("    all is mended");
                End(world);
                return null;
            }
            catch (SceneViolation violation)
            {
                tell?.Invoke("    " + violation.Message);
                return new SceneFailure(seed, at, violation.Promise, violation.Message);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                tell?.Invoke("    " + e);
                return new SceneFailure(seed, at, "no exception leaves the loop", "no exception leaves the loop: " + e);
            }
            finally
            {
                counts.EndScene(at);
            }
        }

        /// <summary>Faults end, and each door advertises within its bound and opens for a good key.</summary>
        private static void End(SceneWorld world)
        {
            world.Random = new Random(1);
            world.Server.ClockErrorS = 0;
            world.Server.SaysNoTime = false;
            foreach (SceneDoor door in world.Doors)
            {
                FaultSteps.Heal(door);
                door.Served.IsResetOrdered = false;
                door.Phone.Disconnect();
                FaultSteps.Cable(world, door);
            }

            foreach (SceneDoor door in world.Doors.Where(d => !d.Settings.IsSafeState))
            {
                Await(door);

                Open(world, door);
                if (door.Flash.BlocksOf(_ => true) > MostBlocks)
                {
                    door.Watch.Broken("files stay within STORAGE.md", $"{door.Flash.BlocksOf(_ => true)} blocks of data");
                }

                door.Watch.WatchReceipts();
            }
        }

        private static void Await(SceneDoor door)
        {
            long until = door.WorldMs + Limits.RadioQuietMs + Limits.RadioRetryMs + Limits.RadioPauseMs + 1000;
            while (!door.Host.Radio.IsAdvertising)
            {
                door.Run(500, 250);
                if (door.WorldMs > until)
                {
                    door.Watch.Broken("advertising again within the bound", $"nobody sees it since {until} ms");
                }
            }

            // Attempts of before are forgotten by then: there is room for another one.
            door.Run(Limits.AttemptMs + 1000, 250);
        }

        private static void Open(SceneWorld world, SceneDoor door)
        {
            ScenePhone phone = new(door, world);
            phone.Connect();

            // The first may be too late for the challenge that stood; the door hands out another one then.
            for (int tries = 0; tries < 2 && door.Door.Memory.Time.Floor > SceneServer.TrueTime(door.WorldMs) + 60; tries++)
            {
                if (phone.Status() is CarryStatus status)
                {
                    phone.BringReset(status.Challenge, SceneServer.TrueTime(door.WorldMs));
                }
            }

            phone.BringBundle();
            phone.Leave();
            (CredentialRecord, byte[]) key = world.Issue(world.Random, life: 86_400, isForFloors: door.Floors > 0);

            // Twice: what rot took from a list shows when it is looked at.
            int pulses = door.Host.Strike.Pulses;
            for (int tries = 0; tries < 2 && door.Host.Strike.Pulses == pulses; tries++)
            {
                BringLists(world, phone);
                phone.Tap(world.At(door, key));
            }

            if (door.Host.Strike.Pulses != pulses + 1)
            {
                door.Watch.Broken("a good key opens once all is well", $"judged {Verdict.Name(door.Door.LastVerdict)}, lists {door.Watch.Lists()}");
            }
        }

        private static void BringLists(SceneWorld world, ScenePhone phone)
        {
            foreach (SceneScope scope in world.Server.Scopes.Where(s => s.Version > 0))
            {
                phone.Connect();
                phone.BringList(scope, 0);
                phone.Leave();
            }
        }
    }

    /// <summary>A scene in which a promise was broken.</summary>
    /// <param name="Seed">Of the scene.</param>
    /// <param name="Step">The step in which it was, from 0.</param>
    /// <param name="Promise">Which.</param>
    /// <param name="Message">What happened.</param>
    internal sealed record SceneFailure(int Seed, int Step, string Promise, string Message);
}
