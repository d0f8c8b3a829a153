using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Sync;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>What the site does: the server, the technician, the contacts, and time.</summary>
    internal static class SiteSteps
    {
        public static IReadOnlyList<SceneAction> All { get; } =
        [
            new("revokes keys", 8, Revoke),
            new("raises a watermark", 1, w => Watermark(w)),
            new("new keys of a scope", 2, w => Rekey(w)),
            new("new keys of a door", 1, NewDoorKeys),
            new("key update by a phone", 3, w => Carry(w, (_, phone) => phone.BringBundle())),
            new("time by a phone", 4, BringTime),
            new("time of a challenge that is old", 2, OldTime),
            new("floor reset by a phone", 2, w => Reset(w, 0)),
            new("floor reset that is too late", 1, w => Reset(w, Limits.FloorResetMs + 60_000)),
            new("floor reset by the network", 1, w => w.AnyDoor().Served.IsResetOrdered = true),
            new("clock of the server jumps", 3, Jump),
            new("server says no time", 1, w => w.Server.SaysNoTime = w.Random.Next(2) == 0),
            new("REX", 4, Rex),
            new("door opens and closes", 3, Contact),
            new("tamper or fire alarm", 1, Alarm),
            new("technician opens", 2, w => Technician(w, 1, isRight: true)),
            new("technician reboots", 1, w => Technician(w, 2, isRight: true)),
            new("wrong answer of a technician", 1, w => Technician(w, 1, isRight: false)),
            new("somebody types", 1, w => w.AnyDoor().Host.Serial.Type(w.Random.Next(2) == 0 ? "status\nlog\n" : "str\u0001ike 0123456789\n")),
            new("seconds", 6, w => w.AnyDoor().Run(w.Random.Next(500, 20_000), 50)),
            new("minutes", 5, w => w.AnyDoor().RunLong(w.Random.Next(1, 30) * 60_000L)),
            new("hours", 2, w => w.AnyDoor().RunLong(w.Random.Next(1, 12) * 3_600_000L)),
            new("days", 1, w => w.AnyDoor().RunLong(w.Random.Next(1, 5) * 86_400_000L)),
        ];

        private static void Carry(SceneWorld w, Action<SceneDoor, ScenePhone> act)
        {
            SceneDoor door = w.AnyDoor();
            ScenePhone phone = new(door, w);
            if (phone.Connect(w.Random.Next(4) == 0 ? 0 : 247))
            {
                act(door, phone);
            }

            phone.Leave();
        }

        private static void Revoke(SceneWorld w)
        {
            SceneScope scope = GuestSteps.AnyScope(w);
            uint now = w.Server.Now(w.Doors.Max(d => d.WorldMs));
            for (int i = w.Random.Next(1, 4); i > 0; i--)
            {
                scope.Revoke((uint)w.Random.Next(1, (int)scope.NextKey + 2), now);
            }
        }

        private static void Watermark(SceneWorld w)
        {
            SceneScope scope = GuestSteps.AnyScope(w);
            scope.RaiseWatermark((uint)w.Random.Next((int)scope.NextKey), w.Server.Now(w.Doors.Max(d => d.WorldMs)));
        }

        private static void Rekey(SceneWorld w)
        {
            w.Counts.Reached(SceneFault.KeyUpdate);
            w.Server.Rekey(GuestSteps.AnyScope(w), w.Random.Next(2) == 0, w.Server.Now(w.Doors.Max(d => d.WorldMs)));
        }

        private static void NewDoorKeys(SceneWorld w)
        {
            w.AnyDoor().Served.DoorGeneration++;
            w.Server.RenewAll();
        }

        private static void BringTime(SceneWorld w) => Carry(w, (door, phone) =>
        {
            if (phone.Status() is CarryStatus status)
            {
                phone.BringTime(status.Challenge, w.Server.Now(door.WorldMs));
            }
        });

        private static void OldTime(SceneWorld w)
        {
            w.Counts.Reached(SceneFault.TokenHeldBack);
            SceneDoor door = w.AnyDoor();
            ScenePhone phone = new(door, w);
            CarryStatus? status = phone.Connect() ? phone.Status() : null;
            uint time = w.Server.Now(door.WorldMs);
            phone.Leave();
            door.RunLong(w.Random.Next(1, 30) * 3_600_000L);
            if (status != null && phone.Connect())
            {
                phone.BringTime(status.Challenge, time);
            }

            phone.Leave();
        }

        private static void Reset(SceneWorld w, int waitMs) => Carry(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.FloorReset);
            if (phone.Status() is not CarryStatus status)
            {
                return;
            }

            uint time = w.Server.Now(door.WorldMs);
            if (waitMs > 0)
            {
                phone.Leave();
                door.RunLong(waitMs);
                phone.Connect();
            }

            int state = phone.BringReset(status.Challenge, time);
            if (waitMs > 0 && state == CarryState.Accepted)
            {
                door.Watch.Broken("a floor reset is good for 15 min", $"taken {waitMs} ms after its challenge");
            }
        });

        private static void Jump(SceneWorld w)
        {
            w.Counts.Reached(SceneFault.ServerClockJumps);
            w.Server.ClockErrorS = w.Random.Next(5) switch
            {
                0 => 0,
                1 => -w.Random.Next(60, 86_400 * 30),
                2 => w.Random.Next(60, 86_400 * 3),
                3 => -(long)SceneServer.TrueTime(0) + 10,
                _ => w.Random.Next(-7200, 7200),
            };
        }

        private static void Rex(SceneWorld w)
        {
            SceneDoor door = w.AnyDoor();
            if (door.Settings.HasRex)
            {
                door.Watch.RexPressed();
            }

            door.Host.Inputs.Set(Input.Rex, true);
            door.Run(w.Random.Next(10, 400));
            door.Host.Inputs.Set(Input.Rex, false);
            door.Run(300);
        }

        private static void Contact(SceneWorld w)
        {
            SceneDoor door = w.AnyDoor();
            door.Host.Inputs.Set(Input.DoorOpen, true);
            door.Run(w.Random.Next(10, 15_000), 50);
            door.Host.Inputs.Set(Input.DoorOpen, false);
            door.Run(300);
        }

        private static void Alarm(SceneWorld w)
        {
            SceneDoor door = w.AnyDoor();
            int input = w.Random.Next(2) == 0 ? Input.Tamper : Input.FireAlarm;
            door.Host.Inputs.Set(input, true);
            door.Run(1000);
            door.Host.Inputs.Set(input, false);
            door.Run(300);
        }

        private static void Technician(SceneWorld w, byte command, bool isRight)
        {
            SceneDoor door = w.AnyDoor();
            string name = command == 1 ? "strike" : "reboot";
            string said = Type(door, name);
            int at = said.IndexOf("challenge: ", StringComparison.Ordinal);
            if (at < 0)
            {
                return;
            }

            byte[] challenge = Convert.FromHexString(said.AsSpan(at + 11, 16));
            string answer = ServerBlobs.TechnicianResponse(Support.Site.Root, door.Id, door.Door.Memory.Keyring.Generation, challenge, command);
            if (isRight && command == 1)
            {
                door.Watch.TechnicianProved();
            }

            Type(door, $"{name} {(isRight ? answer : new string([.. answer.Reverse()]))}");
            door.Watch.TechnicianDone();
        }

        private static string Type(SceneDoor door, string line)
        {
            StringBuilder said = new();
            door.Host.Serial.TakeText();
            door.Host.Serial.Type(line + "\n");
            for (int i = 0; i < 30; i++)
            {
                door.Run(20);
                said.Append(door.Host.Serial.TakeText());
            }

            return said.ToString();
        }
    }
}
