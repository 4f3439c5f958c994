// Made by `npm run check -- --write` from the migrations; compared by `npm run check`.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  app: {
    Tables: {
      certificates: {
        Row: {
          issued_at: string;
          jws: string;
          order_id: string;
          repromise: number;
        };
        ComputedFields: never;
        Insert: {
          issued_at: string;
          jws: string;
          order_id: string;
          repromise?: number;
        };
        Update: {
          issued_at?: string;
          jws?: string;
          order_id?: string;
          repromise?: number;
        };
        Relationships: [];
      };
      clock: {
        Row: {
          only_row: boolean;
          shift: string;
        };
        ComputedFields: never;
        Insert: {
          only_row?: boolean;
          shift?: string;
        };
        Update: {
          only_row?: boolean;
          shift?: string;
        };
        Relationships: [];
      };
      decisions: {
        Row: {
          body: string;
          hold_id: string;
        };
        ComputedFields: never;
        Insert: {
          body: string;
          hold_id: string;
        };
        Update: {
          body?: string;
          hold_id?: string;
        };
        Relationships: [];
      };
      last_counts: {
        Row: {
          at: string;
          node_id: string;
          seq: number;
          sku_id: string;
          source: string;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          at: string;
          node_id: string;
          seq: number;
          sku_id: string;
          source: string;
          units: number;
        };
        Update: {
          at?: string;
          node_id?: string;
          seq?: number;
          sku_id?: string;
          source?: string;
          units?: number;
        };
        Relationships: [];
      };
      order_doors: {
        Row: {
          changed_at: string;
          gate_code: string | null;
          neighbour_allowed: boolean;
          order_id: string;
          safe_place: string | null;
        };
        ComputedFields: never;
        Insert: {
          changed_at: string;
          gate_code?: string | null;
          neighbour_allowed?: boolean;
          order_id: string;
          safe_place?: string | null;
        };
        Update: {
          changed_at?: string;
          gate_code?: string | null;
          neighbour_allowed?: boolean;
          order_id?: string;
          safe_place?: string | null;
        };
        Relationships: [];
      };
      outbox: {
        Row: {
          at: string;
          id: number;
          kind: string;
          region_id: string;
          shift_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          at?: string;
          id?: never;
          kind: string;
          region_id: string;
          shift_id?: string | null;
        };
        Update: {
          at?: string;
          id?: never;
          kind?: string;
          region_id?: string;
          shift_id?: string | null;
        };
        Relationships: [];
      };
    };
    Views: {
      available_stock: {
        Row: {
          available: number | null;
          confirmed_at: string | null;
          confirmed_by: string | null;
          held_back: number | null;
          node_id: string;
          sku_id: string;
        };
        ComputedFields: never;
        Relationships: [
          {
            foreignKeyName: "inventory_levels_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "node_zones";
            referencedColumns: ["node_id"];
          },
        ];
      };
      node_zones: {
        Row: {
          node_id: string;
          region_id: string;
          time_zone: string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      apply_plan: { Args: { plans: Json }; Returns: undefined };
      arrive: { Args: { stop_id: string }; Returns: undefined };
      begin_calendar_change: { Args: { day: string; node_id: unknown; region_id: unknown }; Returns: undefined };
      begin_hold: {
        Args: { hold_id: string; parts: Database["app"]["CompositeTypes"]["hold_request"][]; ttl_sec: number };
        Returns: boolean;
      };
      cancel_shift: { Args: { shift_id: string }; Returns: string[] };
      change_door: { Args: { door: Json; note: string; token: string }; Returns: undefined };
      check_calendar: { Args: { parts: Database["app"]["CompositeTypes"]["hold_request"][] }; Returns: undefined };
      check_channel: { Args: { parts: Database["app"]["CompositeTypes"]["hold_request"][] }; Returns: undefined };
      check_hold_counts: { Args: { hold_id: string }; Returns: undefined };
      check_hold_shares: { Args: { parts: Database["app"]["CompositeTypes"]["hold_request"][] }; Returns: undefined };
      claimed_for: { Args: { channel: string; claimed: number; claimed_by: Json }; Returns: number };
      clear_blackout: {
        Args: { day: string; node_id: unknown; region_id: unknown; service: string; starts: string };
        Returns: undefined;
      };
      clear_calendar_day: { Args: { day: string; node_id: unknown; region_id: unknown }; Returns: undefined };
      close_unused_shifts: { Args: { at_most?: number }; Returns: number };
      collect_transfer: { Args: { fulfilment_id: string }; Returns: string };
      confirm_hold: {
        Args: { customer: Json; hold_id: string; order_id: string };
        Returns: {
          confirmed_at: string;
          order_number: number;
          token: string;
        }[];
      };
      count_back: { Args: { giving: Database["public"]["Tables"]["claims"]["Row"][] }; Returns: undefined };
      count_for: { Args: { channel: string; claimed_by: Json; units: number }; Returns: Json };
      deliver_stop: { Args: { left_with: string; stop_id: string }; Returns: undefined };
      end_calendar_change: {
        Args: { data: Json; day: string; kind: string; node_id: unknown; region_id: unknown; with_hours: boolean };
        Returns: undefined;
      };
      end_holds: { Args: { ending: string; hold_ids: string[] }; Returns: undefined };
      expire_holds: { Args: { at_most?: number }; Returns: number };
      extend_hold: {
        Args: { extension_id: string; hold_id: string; ttl_sec: number };
        Returns: {
          expires_at: string;
          now_at: string;
          state: string;
        }[];
      };
      fail_order: { Args: { note: string; order_id: string; scope: string }; Returns: string };
      finish_parcel: { Args: { fulfilment_id: string; outcome: string; reason?: string }; Returns: string };
      finish_stop: { Args: { outcome: string; reason?: string; stop_id: string }; Returns: undefined };
      forget_decisions: { Args: { at_most?: number }; Returns: number };
      gives_delivery: { Args: { region_id: unknown; starts_at: string }; Returns: boolean };
      gives_lane: { Args: { arrives_at: string; day: string; lane_id: unknown }; Returns: boolean };
      gives_parcels: { Args: { day: string; node_id: unknown }; Returns: boolean };
      hand_over: { Args: { fulfilment_id: string }; Returns: string };
      has_other_parts: { Args: { hold_ids: string[]; order_id: string }; Returns: boolean };
      hours_of: {
        Args: { first_day: string; last_day: string; nodes: string[] };
        Returns: {
          excepted: boolean;
          node_id: unknown;
          sec: number;
          starts_at: string;
          usual_sec: number;
        }[];
      };
      is_closed: { Args: { day: string; node_id: unknown }; Returns: boolean };
      is_order_topic: { Args: { topic: string }; Returns: boolean };
      is_parked: { Args: { order_id: string }; Returns: boolean };
      is_time_zone: { Args: { name: string }; Returns: boolean };
      issue_certificate: { Args: { hold_id: string; jws: string; order_id: string }; Returns: undefined };
      keep_decision: { Args: { body: string; hold_id: string }; Returns: undefined };
      keep_door: { Args: { door: Json; order_id: string }; Returns: undefined };
      lock_fulfilment: {
        Args: { fulfilment_id: string };
        Returns: Database["public"]["Tables"]["fulfilments"]["Row"];
        SetofOptions: {
          from: "*";
          to: "fulfilments";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      lock_hold_keys: {
        Args: { address_key: string; checkout_id: string; network_key: string; region_id: unknown };
        Returns: undefined;
      };
      lock_parts: { Args: { order_id: string }; Returns: string[] };
      lock_resources: {
        Args: {
          giving: Database["public"]["Tables"]["claims"]["Row"][];
          taking: Database["app"]["CompositeTypes"]["hold_request"][];
        };
        Returns: undefined;
      };
      lock_stop: {
        Args: { stop_id: string };
        Returns: Database["public"]["Tables"]["stops"]["Row"];
        SetofOptions: {
          from: "*";
          to: "stops";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      lock_transfer: {
        Args: { fulfilment_id: string };
        Returns: Database["public"]["Tables"]["fulfilments"]["Row"];
        SetofOptions: {
          from: "*";
          to: "fulfilments";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      lose_transfer: { Args: { fulfilment_id: string; reason: string }; Returns: string };
      mark_ready: { Args: { fulfilment_id: string }; Returns: string };
      may_drive: { Args: { shift_id: string }; Returns: boolean };
      may_work_at: { Args: { node_id: unknown }; Returns: boolean };
      my_holds: { Args: Record<PropertyKey, never>; Returns: string[] };
      my_nodes: { Args: Record<PropertyKey, never>; Returns: unknown[] };
      my_orders: { Args: Record<PropertyKey, never>; Returns: string[] };
      my_shifts: { Args: Record<PropertyKey, never>; Returns: string[] };
      nodes_version: { Args: { region_id: unknown }; Returns: string };
      note_left_out: { Args: { hold_id: string; units: Json }; Returns: undefined };
      now: { Args: Record<PropertyKey, never>; Returns: string };
      open_claims: {
        Args: { hold_ids: string[] };
        Returns: Database["public"]["Tables"]["claims"]["Row"][];
        SetofOptions: {
          from: "*";
          to: "claims";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      open_exception: {
        Args: {
          data: Json;
          hold_id: string;
          kind: string;
          node_id: unknown;
          order_id: string;
          region_id: unknown;
          shift_id: string;
        };
        Returns: boolean;
      };
      open_horizon: {
        Args: { region_id: unknown };
        Returns: {
          day: string;
          shifts: number;
          windows: number;
        }[];
      };
      open_late_transfers: { Args: { at_most?: number }; Returns: number };
      opening_of: {
        Args: { first_day: string; last_day: string; nodes: string[] };
        Returns: {
          closes: string;
          day: string;
          excepted: boolean;
          node_id: unknown;
          opens: string;
          time_zone: string;
          usual_closes: string;
          usual_opens: string;
          usual_work_sec: number;
          work_sec: number;
        }[];
      };
      park_order: {
        Args: { note: string; order_id: string; parking_id: string; reason: string; release_by: string };
        Returns: undefined;
      };
      parking_due_at: {
        Args: {
          parking: Omit<
            Database["public"]["Tables"]["parkings"]["Row"],
            Database["public"]["Tables"]["parkings"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      part_state: {
        Args: {
          part: Omit<
            Database["public"]["Tables"]["fulfilments"]["Row"],
            Database["public"]["Tables"]["fulfilments"]["ComputedFields"]
          >;
          service: string;
          shift_state: string;
          stop_state: string;
        };
        Returns: string;
      };
      pass_exception: { Args: { kind: string; subject: string }; Returns: undefined };
      place_hold: {
        Args: { hold_id: string; parts: Json; ttl_sec: number };
        Returns: {
          expires_at: string;
          now_at: string;
          state: string;
        }[];
      };
      promises_at_stake: {
        Args: {
          closes: string;
          day: string;
          node_id: unknown;
          open_otherwise: boolean;
          opens: string;
          region_id: unknown;
          service?: string;
          starts?: string;
        };
        Returns: {
          node_id: unknown;
          number: number;
          order_id: string;
          service: string;
          state: string;
          why: string;
          window_ends_at: string;
          window_starts_at: string;
        }[];
      };
      reacquire_and_confirm: {
        Args: { customer: Json; hold_id: string; old_id: string; order_id: string; parts: Json };
        Returns: {
          confirmed_at: string;
          order_number: number;
          token: string;
        }[];
      };
      read_doors: {
        Args: { shift_id: string };
        Returns: {
          gate_code: string;
          has_gate_code: boolean;
          neighbour_allowed: boolean;
          safe_place: string;
          stop_id: string;
        }[];
      };
      read_parts: { Args: { parts: Json }; Returns: Database["app"]["CompositeTypes"]["hold_request"][] };
      read_quote_facts: { Args: { channel?: string; region_id: unknown; since?: unknown }; Returns: Json };
      read_stock: { Args: { channel?: string; region_id: unknown; skus: string[] }; Returns: Json };
      receive_transfer: { Args: { fulfilment_id: string }; Returns: string };
      record_event: {
        Args: {
          data?: Json;
          hold_id: string;
          kind: string;
          node_id: unknown;
          order_id: string;
          region_id: unknown;
          shift_id: string;
        };
        Returns: undefined;
      };
      record_forecast: { Args: { etas: Json; late_sec: number; shift_id: string }; Returns: undefined };
      record_stock_events: {
        Args: { events: Json; patient?: boolean; source: unknown };
        Returns: {
          outcome: string;
          place: number;
        }[];
      };
      reject_fulfilment: { Args: { fulfilment_id: string; missing?: Json; reason: string }; Returns: string };
      release_hold: { Args: { hold_id: string }; Returns: string };
      remove_stops: { Args: { hold_ids: string[] }; Returns: undefined };
      replace_fulfilment: { Args: { fulfilment_id: string; hold_id: string; parts: Json }; Returns: undefined };
      replan_hold: {
        Args: { hold_id: string; plan_version: number; route: Json; shift_id: string };
        Returns: undefined;
      };
      report_position: { Args: { lat: number; lng: number; shift_id: string }; Returns: undefined };
      repromise_order: {
        Args: {
          actor: string;
          after: number;
          hold_id: string;
          note: string;
          order_id: string;
          parts: Json;
          reason: string;
        };
        Returns: number;
      };
      resolve_exception: { Args: { exception_id: string }; Returns: undefined };
      return_claims: { Args: { hold_ids: string[]; reason: string }; Returns: undefined };
      reword_address: { Args: { address: string; hold_id: string }; Returns: undefined };
      set_blackout: {
        Args: { day: string; name: string; node_id: unknown; region_id: unknown; service: string; starts: string };
        Returns: undefined;
      };
      set_calendar_day: {
        Args: {
          closes?: string;
          day: string;
          name: string;
          node_id: unknown;
          opens?: string;
          region_id: unknown;
          work_sec?: number;
        };
        Returns: undefined;
      };
      set_capacity: {
        Args: { node_id: unknown; starts_at: string; target_sec: number };
        Returns: {
          claimed_sec: number;
          limit_sec: number;
        }[];
      };
      set_channel: { Args: { channel: Json; channel_id: unknown; region_id: unknown }; Returns: undefined };
      set_channel_safety: {
        Args: { channel_id: unknown; node_id: unknown; sku_id: unknown; units: number };
        Returns: undefined;
      };
      set_channel_shares: { Args: { channel_id: unknown; region_id: unknown; shares: Json }; Returns: undefined };
      set_cut_offs: {
        Args: { node_id: unknown; region_id: unknown; rules: Json; service: string };
        Returns: undefined;
      };
      set_hold_limits: {
        Args: {
          per_address: number;
          per_checkout: number;
          per_network: number;
          region_id: unknown;
          unconfirmed_percent: number;
        };
        Returns: undefined;
      };
      set_order_priority: { Args: { note: string; order_id: string; priority_class: number }; Returns: number };
      set_service_area: { Args: { area: Json; most_drive_sec: number; node_id: unknown }; Returns: undefined };
      set_sourcing_rules: { Args: { region_id: unknown; rules: Json }; Returns: undefined };
      set_stock_freshness: { Args: { region_id: unknown; steps: Json }; Returns: undefined };
      settle_cut_offs: { Args: { region_id: unknown }; Returns: undefined };
      settle_day: {
        Args: { day: string; nodes: string[]; region_id: unknown; with_hours: boolean };
        Returns: undefined;
      };
      settle_lane_runs: { Args: { first_day: string; lanes: string[]; last_day: string }; Returns: undefined };
      settle_orders: { Args: { order_ids: string[] }; Returns: undefined };
      staff_role: { Args: Record<PropertyKey, never>; Returns: string };
      start_shift: { Args: { shift_id: string }; Returns: undefined };
      stock_as_of: {
        Args: { instant: string; node_id: unknown; sku_id: unknown };
        Returns: {
          booked: number;
          known: number;
        }[];
      };
      swap_hold: {
        Args: { hold_id: string; old_id: string; parts: Json; ttl_sec: number };
        Returns: {
          expires_at: string;
          now_at: string;
          state: string;
        }[];
      };
      take_claims: { Args: { parts: Database["app"]["CompositeTypes"]["hold_request"][] }; Returns: undefined };
      take_part_away: {
        Args: {
          f: Omit<
            Database["public"]["Tables"]["fulfilments"]["Row"],
            Database["public"]["Tables"]["fulfilments"]["ComputedFields"]
          >;
          missing: Json;
          reason: string;
        };
        Returns: undefined;
      };
      take_shares: {
        Args: {
          channel: Omit<
            Database["public"]["Tables"]["channels"]["Row"],
            Database["public"]["Tables"]["channels"]["ComputedFields"]
          >;
          parts: Database["app"]["CompositeTypes"]["hold_request"][];
        };
        Returns: undefined;
      };
      unpark_order: { Args: { order_id: string }; Returns: undefined };
      warn_parked: { Args: { at_most?: number }; Returns: number };
      write_route: { Args: { route: Json; shift_id: string }; Returns: number };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      asked_line: {
        sku_id: string | null;
        units: number | null;
        price_cents: number | null;
      };
      asked_work: {
        starts_at: string | null;
        sec: number | null;
      };
      hold_request: {
        region_id: unknown;
        node_id: unknown;
        service: string | null;
        fingerprint: string | null;
        window_starts_at: string | null;
        window_ends_at: string | null;
        price_cents: number | null;
        lng: number | null;
        lat: number | null;
        address: string | null;
        service_sec: number | null;
        weight_g: number | null;
        volume_ml: number | null;
        pick_sec: number | null;
        pick_by: string | null;
        lines: Database["app"]["CompositeTypes"]["asked_line"][] | null;
        work: Database["app"]["CompositeTypes"]["asked_work"][] | null;
        pickup_window_id: string | null;
        carrier_id: unknown;
        carrier_day: string | null;
        shift_id: string | null;
        plan_version: number | null;
        route: Json | null;
        hold_id: string | null;
        checkout_id: string | null;
        address_key: string | null;
        network_key: string | null;
        visit_starts_at: string | null;
        visit_ends_at: string | null;
        floor: number | null;
        has_lift: boolean | null;
        climb_sec: number | null;
        lane_id: unknown;
        lane_day: string | null;
        channel_id: string | null;
      };
    };
  };
  public: {
    Tables: {
      blackouts: {
        Row: {
          day: string;
          id: number;
          name: string;
          node_id: string | null;
          region_id: string;
          service: string;
          starts: string | null;
        };
        ComputedFields: never;
        Insert: {
          day: string;
          id?: never;
          name: string;
          node_id?: string | null;
          region_id: string;
          service: string;
          starts?: string | null;
        };
        Update: {
          day?: string;
          id?: never;
          name?: string;
          node_id?: string | null;
          region_id?: string;
          service?: string;
          starts?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "blackouts_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "blackouts_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      calendar_days: {
        Row: {
          closes: string | null;
          day: string;
          id: number;
          name: string;
          node_id: string | null;
          opens: string | null;
          region_id: string;
          work_sec: number | null;
        };
        ComputedFields: never;
        Insert: {
          closes?: string | null;
          day: string;
          id?: never;
          name: string;
          node_id?: string | null;
          opens?: string | null;
          region_id: string;
          work_sec?: number | null;
        };
        Update: {
          closes?: string | null;
          day?: string;
          id?: never;
          name?: string;
          node_id?: string | null;
          opens?: string | null;
          region_id?: string;
          work_sec?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "calendar_days_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "calendar_days_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      carrier_days: {
        Row: {
          arrives_from: string;
          arrives_on: string;
          arrives_until: string;
          carrier_id: string;
          changed_by: unknown;
          claimed_by: NonNullable<Json>;
          claimed_parcels: number;
          day: string;
          leaves_at: string;
          limit_parcels: number;
          node_id: string;
          order_by_at: string | null;
          revision: number;
          usual_parcels: number | null;
        };
        ComputedFields: never;
        Insert: {
          arrives_from: string;
          arrives_on: string;
          arrives_until: string;
          carrier_id: string;
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_parcels?: number;
          day: string;
          leaves_at: string;
          limit_parcels: number;
          node_id: string;
          order_by_at?: string | null;
          revision?: number;
          usual_parcels?: number | null;
        };
        Update: {
          arrives_from?: string;
          arrives_on?: string;
          arrives_until?: string;
          carrier_id?: string;
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_parcels?: number;
          day?: string;
          leaves_at?: string;
          limit_parcels?: number;
          node_id?: string;
          order_by_at?: string | null;
          revision?: number;
          usual_parcels?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "carrier_days_carrier_id_node_id_fkey";
            columns: ["carrier_id", "node_id"];
            isOneToOne: false;
            referencedRelation: "carrier_services";
            referencedColumns: ["carrier_id", "node_id"];
          },
        ];
      };
      carrier_services: {
        Row: {
          base_cents: number;
          carrier_id: string;
          carries_chilled: boolean;
          carries_frozen: boolean;
          cut_off: string;
          day_limit_parcels: number;
          delivers_from: string;
          delivers_until: string;
          kg_cents: number;
          limit_weight_g: number;
          node_id: string;
          price_cents: number | null;
          transit_days: number;
          works_on: string;
        };
        ComputedFields: never;
        Insert: {
          base_cents: number;
          carrier_id: string;
          carries_chilled?: boolean;
          carries_frozen?: boolean;
          cut_off: string;
          day_limit_parcels: number;
          delivers_from?: string;
          delivers_until?: string;
          kg_cents: number;
          limit_weight_g?: number;
          node_id: string;
          price_cents?: number | null;
          transit_days: number;
          works_on?: string;
        };
        Update: {
          base_cents?: number;
          carrier_id?: string;
          carries_chilled?: boolean;
          carries_frozen?: boolean;
          cut_off?: string;
          day_limit_parcels?: number;
          delivers_from?: string;
          delivers_until?: string;
          kg_cents?: number;
          limit_weight_g?: number;
          node_id?: string;
          price_cents?: number | null;
          transit_days?: number;
          works_on?: string;
        };
        Relationships: [
          {
            foreignKeyName: "carrier_services_carrier_id_fkey";
            columns: ["carrier_id"];
            isOneToOne: false;
            referencedRelation: "carriers";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "carrier_services_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      carriers: {
        Row: {
          id: string;
          name: string;
        };
        ComputedFields: never;
        Insert: {
          id: string;
          name: string;
        };
        Update: {
          id?: string;
          name?: string;
        };
        Relationships: [];
      };
      channel_safety: {
        Row: {
          channel_id: string;
          node_id: string;
          region_id: string;
          sku_id: string;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          channel_id: string;
          node_id: string;
          region_id: string;
          sku_id: string;
          units: number;
        };
        Update: {
          channel_id?: string;
          node_id?: string;
          region_id?: string;
          sku_id?: string;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "channel_safety_node_id_sku_id_fkey";
            columns: ["node_id", "sku_id"];
            isOneToOne: false;
            referencedRelation: "inventory_levels";
            referencedColumns: ["node_id", "sku_id"];
          },
          {
            foreignKeyName: "channel_safety_region_id_channel_id_fkey";
            columns: ["region_id", "channel_id"];
            isOneToOne: false;
            referencedRelation: "channels";
            referencedColumns: ["region_id", "id"];
          },
        ];
      };
      channels: {
        Row: {
          delivery_percent: number | null;
          id: string;
          is_active: boolean;
          is_limited: boolean;
          name: string;
          parcel_percent: number | null;
          picking_percent: number | null;
          pickup_percent: number | null;
          priority_class: number;
          region_id: string;
          share_lapses_hours: number | null;
          transfer_percent: number | null;
        };
        ComputedFields: never;
        Insert: {
          delivery_percent?: number | null;
          id: string;
          is_active?: boolean;
          is_limited?: never;
          name: string;
          parcel_percent?: number | null;
          picking_percent?: number | null;
          pickup_percent?: number | null;
          priority_class?: number;
          region_id: string;
          share_lapses_hours?: number | null;
          transfer_percent?: number | null;
        };
        Update: {
          delivery_percent?: number | null;
          id?: string;
          is_active?: boolean;
          is_limited?: never;
          name?: string;
          parcel_percent?: number | null;
          picking_percent?: number | null;
          pickup_percent?: number | null;
          priority_class?: number;
          region_id?: string;
          share_lapses_hours?: number | null;
          transfer_percent?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "channels_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      claim_shares: {
        Row: {
          claim_id: number;
          most: number;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          claim_id: number;
          most: number;
          units: number;
        };
        Update: {
          claim_id?: number;
          most?: number;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "claim_shares_claim_id_fkey";
            columns: ["claim_id"];
            isOneToOne: true;
            referencedRelation: "claims";
            referencedColumns: ["id"];
          },
        ];
      };
      claims: {
        Row: {
          at: string;
          bucket_at: string | null;
          carrier_id: string | null;
          day: string | null;
          hold_id: string;
          id: number;
          kind: string;
          lane_id: string | null;
          node_id: string | null;
          pickup_window_id: string | null;
          reason: string;
          reverses: number | null;
          shift_id: string | null;
          sku_id: string | null;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          at: string;
          bucket_at?: string | null;
          carrier_id?: string | null;
          day?: string | null;
          hold_id: string;
          id?: never;
          kind: string;
          lane_id?: string | null;
          node_id?: string | null;
          pickup_window_id?: string | null;
          reason: string;
          reverses?: number | null;
          shift_id?: string | null;
          sku_id?: string | null;
          units: number;
        };
        Update: {
          at?: string;
          bucket_at?: string | null;
          carrier_id?: string | null;
          day?: string | null;
          hold_id?: string;
          id?: never;
          kind?: string;
          lane_id?: string | null;
          node_id?: string | null;
          pickup_window_id?: string | null;
          reason?: string;
          reverses?: number | null;
          shift_id?: string | null;
          sku_id?: string | null;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "claims_carrier_id_node_id_day_fkey";
            columns: ["carrier_id", "node_id", "day"];
            isOneToOne: false;
            referencedRelation: "carrier_days";
            referencedColumns: ["carrier_id", "node_id", "day"];
          },
          {
            foreignKeyName: "claims_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: false;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "claims_lane_id_day_fkey";
            columns: ["lane_id", "day"];
            isOneToOne: false;
            referencedRelation: "lane_runs";
            referencedColumns: ["lane_id", "day"];
          },
          {
            foreignKeyName: "claims_node_id_bucket_at_fkey";
            columns: ["node_id", "bucket_at"];
            isOneToOne: false;
            referencedRelation: "work_buckets";
            referencedColumns: ["node_id", "starts_at"];
          },
          {
            foreignKeyName: "claims_node_id_sku_id_fkey";
            columns: ["node_id", "sku_id"];
            isOneToOne: false;
            referencedRelation: "inventory_levels";
            referencedColumns: ["node_id", "sku_id"];
          },
          {
            foreignKeyName: "claims_pickup_window_id_fkey";
            columns: ["pickup_window_id"];
            isOneToOne: false;
            referencedRelation: "pickup_windows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "claims_reverses_fkey";
            columns: ["reverses"];
            isOneToOne: true;
            referencedRelation: "claims";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "claims_shift_id_fkey";
            columns: ["shift_id"];
            isOneToOne: false;
            referencedRelation: "shifts";
            referencedColumns: ["id"];
          },
        ];
      };
      cut_offs: {
        Row: {
          id: number;
          lead_days: number;
          least_lead_min: number;
          node_id: string | null;
          order_by: string | null;
          region_id: string;
          service: string;
          weekday: number;
        };
        ComputedFields: never;
        Insert: {
          id?: never;
          lead_days?: number;
          least_lead_min?: number;
          node_id?: string | null;
          order_by?: string | null;
          region_id: string;
          service: string;
          weekday: number;
        };
        Update: {
          id?: never;
          lead_days?: number;
          least_lead_min?: number;
          node_id?: string | null;
          order_by?: string | null;
          region_id?: string;
          service?: string;
          weekday?: number;
        };
        Relationships: [
          {
            foreignKeyName: "cut_offs_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "cut_offs_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      edge_snapshots: {
        Row: {
          body: NonNullable<Json>;
          built_at: string;
          region_id: string;
          version: number;
        };
        ComputedFields: never;
        Insert: {
          body: NonNullable<Json>;
          built_at: string;
          region_id: string;
          version: number;
        };
        Update: {
          body?: NonNullable<Json>;
          built_at?: string;
          region_id?: string;
          version?: number;
        };
        Relationships: [
          {
            foreignKeyName: "edge_snapshots_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: true;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      events: {
        Row: {
          actor: string | null;
          at: string;
          data: NonNullable<Json>;
          hold_id: string | null;
          id: number;
          kind: string;
          node_id: string | null;
          order_id: string | null;
          region_id: string;
          shift_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          actor?: string | null;
          at: string;
          data?: NonNullable<Json>;
          hold_id?: string | null;
          id?: never;
          kind: string;
          node_id?: string | null;
          order_id?: string | null;
          region_id: string;
          shift_id?: string | null;
        };
        Update: {
          actor?: string | null;
          at?: string;
          data?: NonNullable<Json>;
          hold_id?: string | null;
          id?: never;
          kind?: string;
          node_id?: string | null;
          order_id?: string | null;
          region_id?: string;
          shift_id?: string | null;
        };
        Relationships: [];
      };
      exceptions: {
        Row: {
          data: NonNullable<Json>;
          hold_id: string | null;
          id: string;
          kind: string;
          node_id: string | null;
          opened_at: string;
          order_id: string | null;
          region_id: string;
          resolution: string | null;
          resolved_at: string | null;
          resolved_by: string | null;
          shift_id: string | null;
          sku_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          data?: NonNullable<Json>;
          hold_id?: string | null;
          id?: string;
          kind: string;
          node_id?: string | null;
          opened_at: string;
          order_id?: string | null;
          region_id: string;
          resolution?: string | null;
          resolved_at?: string | null;
          resolved_by?: string | null;
          shift_id?: string | null;
          sku_id?: string | null;
        };
        Update: {
          data?: NonNullable<Json>;
          hold_id?: string | null;
          id?: string;
          kind?: string;
          node_id?: string | null;
          opened_at?: string;
          order_id?: string | null;
          region_id?: string;
          resolution?: string | null;
          resolved_at?: string | null;
          resolved_by?: string | null;
          shift_id?: string | null;
          sku_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "exceptions_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: false;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exceptions_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exceptions_order_id_fkey";
            columns: ["order_id"];
            isOneToOne: false;
            referencedRelation: "orders";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exceptions_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exceptions_shift_id_fkey";
            columns: ["shift_id"];
            isOneToOne: false;
            referencedRelation: "shifts";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "exceptions_sku_id_fkey";
            columns: ["sku_id"];
            isOneToOne: false;
            referencedRelation: "skus";
            referencedColumns: ["id"];
          },
        ];
      };
      fulfilments: {
        Row: {
          created_at: string;
          handed_over_at: string | null;
          hold_id: string;
          id: string;
          node_id: string;
          order_id: string;
          pick_by: string;
          ready_at: string | null;
          received_at: string | null;
          reject_reason: string | null;
          replaced_by: string | null;
          state: string;
        };
        ComputedFields: never;
        Insert: {
          created_at: string;
          handed_over_at?: string | null;
          hold_id: string;
          id?: string;
          node_id: string;
          order_id: string;
          pick_by: string;
          ready_at?: string | null;
          received_at?: string | null;
          reject_reason?: string | null;
          replaced_by?: string | null;
          state: string;
        };
        Update: {
          created_at?: string;
          handed_over_at?: string | null;
          hold_id?: string;
          id?: string;
          node_id?: string;
          order_id?: string;
          pick_by?: string;
          ready_at?: string | null;
          received_at?: string | null;
          reject_reason?: string | null;
          replaced_by?: string | null;
          state?: string;
        };
        Relationships: [
          {
            foreignKeyName: "fulfilments_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: true;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "fulfilments_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "fulfilments_order_id_fkey";
            columns: ["order_id"];
            isOneToOne: false;
            referencedRelation: "orders";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "fulfilments_replaced_by_fkey";
            columns: ["replaced_by"];
            isOneToOne: false;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
        ];
      };
      hold_limits: {
        Row: {
          per_address: number;
          per_checkout: number;
          per_network: number;
          region_id: string;
          unconfirmed_percent: number;
        };
        ComputedFields: never;
        Insert: {
          per_address: number;
          per_checkout: number;
          per_network: number;
          region_id: string;
          unconfirmed_percent: number;
        };
        Update: {
          per_address?: number;
          per_checkout?: number;
          per_network?: number;
          region_id?: string;
          unconfirmed_percent?: number;
        };
        Relationships: [
          {
            foreignKeyName: "hold_limits_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: true;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      hold_lines: {
        Row: {
          hold_id: string;
          price_cents: number;
          sku_id: string;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          hold_id: string;
          price_cents: number;
          sku_id: string;
          units: number;
        };
        Update: {
          hold_id?: string;
          price_cents?: number;
          sku_id?: string;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "hold_lines_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: false;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "hold_lines_sku_id_fkey";
            columns: ["sku_id"];
            isOneToOne: false;
            referencedRelation: "skus";
            referencedColumns: ["id"];
          },
        ];
      };
      holds: {
        Row: {
          address: string;
          address_key: string | null;
          channel_id: string;
          checkout_id: string | null;
          climb_sec: number;
          created_at: string;
          expires_at: string;
          extended_by: string | null;
          fingerprint: string;
          floor: number | null;
          has_lift: boolean | null;
          id: string;
          lane_day: string | null;
          lane_id: string | null;
          lat: number;
          lead_id: string;
          lng: number;
          network_key: string | null;
          node_id: string;
          pick_by: string;
          pick_sec: number;
          pickup_node_id: string | null;
          price_cents: number;
          region_id: string;
          service: string;
          service_sec: number;
          settled_at: string | null;
          state: string;
          visit_ends_at: string;
          visit_starts_at: string;
          volume_ml: number;
          weight_g: number;
          window_ends_at: string;
          window_starts_at: string;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          address_key?: string | null;
          channel_id?: string;
          checkout_id?: string | null;
          climb_sec?: number;
          created_at: string;
          expires_at: string;
          extended_by?: string | null;
          fingerprint: string;
          floor?: number | null;
          has_lift?: boolean | null;
          id: string;
          lane_day?: string | null;
          lane_id?: string | null;
          lat: number;
          lead_id: string;
          lng: number;
          network_key?: string | null;
          node_id: string;
          pick_by: string;
          pick_sec: number;
          pickup_node_id?: string | null;
          price_cents: number;
          region_id: string;
          service: string;
          service_sec: number;
          settled_at?: string | null;
          state: string;
          visit_ends_at: string;
          visit_starts_at: string;
          volume_ml: number;
          weight_g: number;
          window_ends_at: string;
          window_starts_at: string;
        };
        Update: {
          address?: string;
          address_key?: string | null;
          channel_id?: string;
          checkout_id?: string | null;
          climb_sec?: number;
          created_at?: string;
          expires_at?: string;
          extended_by?: string | null;
          fingerprint?: string;
          floor?: number | null;
          has_lift?: boolean | null;
          id?: string;
          lane_day?: string | null;
          lane_id?: string | null;
          lat?: number;
          lead_id?: string;
          lng?: number;
          network_key?: string | null;
          node_id?: string;
          pick_by?: string;
          pick_sec?: number;
          pickup_node_id?: string | null;
          price_cents?: number;
          region_id?: string;
          service?: string;
          service_sec?: number;
          settled_at?: string | null;
          state?: string;
          visit_ends_at?: string;
          visit_starts_at?: string;
          volume_ml?: number;
          weight_g?: number;
          window_ends_at?: string;
          window_starts_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "holds_lane_id_lane_day_fkey";
            columns: ["lane_id", "lane_day"];
            isOneToOne: false;
            referencedRelation: "lane_runs";
            referencedColumns: ["lane_id", "day"];
          },
          {
            foreignKeyName: "holds_lead_id_fkey";
            columns: ["lead_id"];
            isOneToOne: false;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "holds_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "holds_pickup_node_id_fkey";
            columns: ["pickup_node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "holds_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      inventory_levels: {
        Row: {
          confirmed_at: string | null;
          confirmed_by: string | null;
          node_id: string;
          on_hand: number;
          reserved: number;
          safety: number;
          shortage: number;
          sku_id: string;
        };
        ComputedFields: never;
        Insert: {
          confirmed_at?: string | null;
          confirmed_by?: string | null;
          node_id: string;
          on_hand: number;
          reserved?: number;
          safety?: number;
          shortage?: number;
          sku_id: string;
        };
        Update: {
          confirmed_at?: string | null;
          confirmed_by?: string | null;
          node_id?: string;
          on_hand?: number;
          reserved?: number;
          safety?: number;
          shortage?: number;
          sku_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "inventory_levels_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "inventory_levels_sku_id_fkey";
            columns: ["sku_id"];
            isOneToOne: false;
            referencedRelation: "skus";
            referencedColumns: ["id"];
          },
        ];
      };
      lane_runs: {
        Row: {
          arrives_at: string;
          changed_by: unknown;
          claimed_by: NonNullable<Json>;
          claimed_orders: number;
          day: string;
          lane_id: string;
          leaves_at: string;
          limit_orders: number;
          ready_at: string;
          revision: number;
          usual_orders: number | null;
        };
        ComputedFields: never;
        Insert: {
          arrives_at: string;
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_orders?: number;
          day: string;
          lane_id: string;
          leaves_at: string;
          limit_orders: number;
          ready_at: string;
          revision?: number;
          usual_orders?: number | null;
        };
        Update: {
          arrives_at?: string;
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_orders?: number;
          day?: string;
          lane_id?: string;
          leaves_at?: string;
          limit_orders?: number;
          ready_at?: string;
          revision?: number;
          usual_orders?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "lane_runs_lane_id_fkey";
            columns: ["lane_id"];
            isOneToOne: false;
            referencedRelation: "lanes";
            referencedColumns: ["id"];
          },
        ];
      };
      lanes: {
        Row: {
          arrives: string;
          arrives_after_days: number;
          base_cents: number;
          carries_chilled: boolean;
          carries_frozen: boolean;
          departs: string;
          from_node_id: string;
          handling_min: number;
          id: string;
          is_active: boolean;
          kg_cents: number;
          limit_orders: number;
          to_node_id: string;
          works_on: string;
        };
        ComputedFields: never;
        Insert: {
          arrives: string;
          arrives_after_days?: number;
          base_cents: number;
          carries_chilled?: boolean;
          carries_frozen?: boolean;
          departs: string;
          from_node_id: string;
          handling_min?: number;
          id: string;
          is_active?: boolean;
          kg_cents: number;
          limit_orders: number;
          to_node_id: string;
          works_on?: string;
        };
        Update: {
          arrives?: string;
          arrives_after_days?: number;
          base_cents?: number;
          carries_chilled?: boolean;
          carries_frozen?: boolean;
          departs?: string;
          from_node_id?: string;
          handling_min?: number;
          id?: string;
          is_active?: boolean;
          kg_cents?: number;
          limit_orders?: number;
          to_node_id?: string;
          works_on?: string;
        };
        Relationships: [
          {
            foreignKeyName: "lanes_from_node_id_fkey";
            columns: ["from_node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "lanes_to_node_id_fkey";
            columns: ["to_node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      node_hours: {
        Row: {
          closes: string;
          node_id: string;
          opens: string;
          weekday: number;
          work_sec: number;
        };
        ComputedFields: never;
        Insert: {
          closes: string;
          node_id: string;
          opens: string;
          weekday: number;
          work_sec: number;
        };
        Update: {
          closes?: string;
          node_id?: string;
          opens?: string;
          weekday?: number;
          work_sec?: number;
        };
        Relationships: [
          {
            foreignKeyName: "node_hours_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      nodes: {
        Row: {
          address: string;
          changed_by: unknown;
          handling_cents: number;
          handover_sec: number;
          id: string;
          kind: string;
          lat: number;
          lng: number;
          name: string;
          offers_pickup: boolean;
          paused_at: string | null;
          pick_hour_cents: number;
          pick_line_sec: number;
          pick_setup_sec: number;
          pick_unit_sec: number;
          region_id: string;
          revision: number;
          time_zone: string | null;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          changed_by?: unknown;
          handling_cents?: number;
          handover_sec?: number;
          id: string;
          kind: string;
          lat: number;
          lng: number;
          name: string;
          offers_pickup: boolean;
          paused_at?: string | null;
          pick_hour_cents?: number;
          pick_line_sec: number;
          pick_setup_sec: number;
          pick_unit_sec: number;
          region_id: string;
          revision?: number;
          time_zone?: string | null;
        };
        Update: {
          address?: string;
          changed_by?: unknown;
          handling_cents?: number;
          handover_sec?: number;
          id?: string;
          kind?: string;
          lat?: number;
          lng?: number;
          name?: string;
          offers_pickup?: boolean;
          paused_at?: string | null;
          pick_hour_cents?: number;
          pick_line_sec?: number;
          pick_setup_sec?: number;
          pick_unit_sec?: number;
          region_id?: string;
          revision?: number;
          time_zone?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "nodes_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      order_lines: {
        Row: {
          order_id: string;
          price_cents: number;
          sku_id: string;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          order_id: string;
          price_cents: number;
          sku_id: string;
          units: number;
        };
        Update: {
          order_id?: string;
          price_cents?: number;
          sku_id?: string;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "order_lines_order_id_fkey";
            columns: ["order_id"];
            isOneToOne: false;
            referencedRelation: "orders";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "order_lines_sku_id_fkey";
            columns: ["sku_id"];
            isOneToOne: false;
            referencedRelation: "skus";
            referencedColumns: ["id"];
          },
        ];
      };
      orders: {
        Row: {
          address: string;
          agreed_ends_at: string;
          agreed_price_cents: number;
          agreed_starts_at: string;
          channel_id: string;
          confirmed_at: string;
          customer_name: string;
          customer_note: string;
          customer_phone: string;
          finished_at: string | null;
          goods_cents: number;
          id: string;
          lat: number;
          lng: number;
          number: number;
          price_cents: number;
          priority_class: number;
          promise_ends_at: string;
          promise_starts_at: string;
          region_id: string;
          repromises: number;
          service: string;
          state: string;
          token: string;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          agreed_ends_at: string;
          agreed_price_cents: number;
          agreed_starts_at: string;
          channel_id?: string;
          confirmed_at: string;
          customer_name: string;
          customer_note?: string;
          customer_phone: string;
          finished_at?: string | null;
          goods_cents: number;
          id: string;
          lat: number;
          lng: number;
          number?: number;
          price_cents: number;
          priority_class?: number;
          promise_ends_at: string;
          promise_starts_at: string;
          region_id: string;
          repromises?: number;
          service: string;
          state: string;
          token: string;
        };
        Update: {
          address?: string;
          agreed_ends_at?: string;
          agreed_price_cents?: number;
          agreed_starts_at?: string;
          channel_id?: string;
          confirmed_at?: string;
          customer_name?: string;
          customer_note?: string;
          customer_phone?: string;
          finished_at?: string | null;
          goods_cents?: number;
          id?: string;
          lat?: number;
          lng?: number;
          number?: number;
          price_cents?: number;
          priority_class?: number;
          promise_ends_at?: string;
          promise_starts_at?: string;
          region_id?: string;
          repromises?: number;
          service?: string;
          state?: string;
          token?: string;
        };
        Relationships: [
          {
            foreignKeyName: "orders_region_id_channel_id_fkey";
            columns: ["region_id", "channel_id"];
            isOneToOne: false;
            referencedRelation: "channels";
            referencedColumns: ["region_id", "id"];
          },
          {
            foreignKeyName: "orders_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      parkings: {
        Row: {
          id: string;
          note: string;
          order_id: string;
          parked_at: string;
          parked_by: string;
          reason: string;
          release_by: string;
          released_at: string | null;
          released_by: string | null;
        };
        ComputedFields: never;
        Insert: {
          id: string;
          note?: string;
          order_id: string;
          parked_at: string;
          parked_by: string;
          reason: string;
          release_by: string;
          released_at?: string | null;
          released_by?: string | null;
        };
        Update: {
          id?: string;
          note?: string;
          order_id?: string;
          parked_at?: string;
          parked_by?: string;
          reason?: string;
          release_by?: string;
          released_at?: string | null;
          released_by?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "parkings_order_id_fkey";
            columns: ["order_id"];
            isOneToOne: false;
            referencedRelation: "orders";
            referencedColumns: ["id"];
          },
        ];
      };
      pickup_windows: {
        Row: {
          changed_by: unknown;
          claimed_by: NonNullable<Json>;
          claimed_orders: number;
          ends_at: string;
          id: string;
          limit_orders: number;
          node_id: string;
          order_by_at: string | null;
          price_cents: number;
          revision: number;
          starts_at: string;
          usual_orders: number | null;
        };
        ComputedFields: never;
        Insert: {
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_orders?: number;
          ends_at: string;
          id?: string;
          limit_orders: number;
          node_id: string;
          order_by_at?: string | null;
          price_cents: number;
          revision?: number;
          starts_at: string;
          usual_orders?: number | null;
        };
        Update: {
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_orders?: number;
          ends_at?: string;
          id?: string;
          limit_orders?: number;
          node_id?: string;
          order_by_at?: string | null;
          price_cents?: number;
          revision?: number;
          starts_at?: string;
          usual_orders?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "pickup_windows_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      positions: {
        Row: {
          at: string;
          lat: number;
          lng: number;
          shift_id: string;
        };
        ComputedFields: never;
        Insert: {
          at: string;
          lat: number;
          lng: number;
          shift_id: string;
        };
        Update: {
          at?: string;
          lat?: number;
          lng?: number;
          shift_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "positions_shift_id_fkey";
            columns: ["shift_id"];
            isOneToOne: true;
            referencedRelation: "shifts";
            referencedColumns: ["id"];
          },
        ];
      };
      regions: {
        Row: {
          currency: string;
          horizon_days: number;
          id: string;
          lat: number;
          lift_sec: number;
          lng: number;
          name: string;
          stairs_sec: number;
          time_zone: string;
        };
        ComputedFields: never;
        Insert: {
          currency: string;
          horizon_days?: number;
          id: string;
          lat: number;
          lift_sec?: number;
          lng: number;
          name: string;
          stairs_sec?: number;
          time_zone: string;
        };
        Update: {
          currency?: string;
          horizon_days?: number;
          id?: string;
          lat?: number;
          lift_sec?: number;
          lng?: number;
          name?: string;
          stairs_sec?: number;
          time_zone?: string;
        };
        Relationships: [];
      };
      repromises: {
        Row: {
          actor: string;
          actor_id: string | null;
          at: string;
          ends_at: string;
          hold_id: string;
          note: string;
          number: number;
          old_ends_at: string;
          old_price_cents: number;
          old_starts_at: string;
          order_id: string;
          price_cents: number;
          reason: string;
          starts_at: string;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          actor_id?: string | null;
          at: string;
          ends_at: string;
          hold_id: string;
          note?: string;
          number: number;
          old_ends_at: string;
          old_price_cents: number;
          old_starts_at: string;
          order_id: string;
          price_cents: number;
          reason: string;
          starts_at: string;
        };
        Update: {
          actor?: string;
          actor_id?: string | null;
          at?: string;
          ends_at?: string;
          hold_id?: string;
          note?: string;
          number?: number;
          old_ends_at?: string;
          old_price_cents?: number;
          old_starts_at?: string;
          order_id?: string;
          price_cents?: number;
          reason?: string;
          starts_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "repromises_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: true;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "repromises_order_id_fkey";
            columns: ["order_id"];
            isOneToOne: false;
            referencedRelation: "orders";
            referencedColumns: ["id"];
          },
        ];
      };
      sample_addresses: {
        Row: {
          label: string;
          lat: number;
          lng: number;
          region_id: string;
        };
        ComputedFields: never;
        Insert: {
          label: string;
          lat: number;
          lng: number;
          region_id: string;
        };
        Update: {
          label?: string;
          lat?: number;
          lng?: number;
          region_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "sample_addresses_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      service_areas: {
        Row: {
          area: Json | null;
          most_drive_sec: number | null;
          node_id: string;
          revision: number;
        };
        ComputedFields: never;
        Insert: {
          area?: Json | null;
          most_drive_sec?: number | null;
          node_id: string;
          revision?: number;
        };
        Update: {
          area?: Json | null;
          most_drive_sec?: number | null;
          node_id?: string;
          revision?: number;
        };
        Relationships: [
          {
            foreignKeyName: "service_areas_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: true;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      shift_rules: {
        Row: {
          driver_id: string | null;
          ends: string;
          starts: string;
          vehicle_id: string;
          weekday: number;
        };
        ComputedFields: never;
        Insert: {
          driver_id?: string | null;
          ends: string;
          starts: string;
          vehicle_id: string;
          weekday: number;
        };
        Update: {
          driver_id?: string | null;
          ends?: string;
          starts?: string;
          vehicle_id?: string;
          weekday?: number;
        };
        Relationships: [
          {
            foreignKeyName: "shift_rules_driver_id_fkey";
            columns: ["driver_id"];
            isOneToOne: false;
            referencedRelation: "staff";
            referencedColumns: ["user_id"];
          },
          {
            foreignKeyName: "shift_rules_vehicle_id_fkey";
            columns: ["vehicle_id"];
            isOneToOne: false;
            referencedRelation: "vehicles";
            referencedColumns: ["id"];
          },
        ];
      };
      shifts: {
        Row: {
          changed_by: unknown;
          claimed_volume_ml: number;
          claimed_weight_g: number;
          closed: boolean;
          driver_id: string | null;
          ends_at: string;
          finished_at: string | null;
          id: string;
          limit_volume_ml: number;
          limit_weight_g: number;
          node_id: string;
          plan_version: number;
          region_id: string;
          return_leg_m: number;
          return_leg_sec: number;
          revision: number;
          started_at: string | null;
          starts_at: string;
          state: string;
          vehicle_id: string;
        };
        ComputedFields: never;
        Insert: {
          changed_by?: unknown;
          claimed_volume_ml?: number;
          claimed_weight_g?: number;
          closed?: boolean;
          driver_id?: string | null;
          ends_at: string;
          finished_at?: string | null;
          id?: string;
          limit_volume_ml: number;
          limit_weight_g: number;
          node_id: string;
          plan_version?: number;
          region_id: string;
          return_leg_m?: number;
          return_leg_sec?: number;
          revision?: number;
          started_at?: string | null;
          starts_at: string;
          state?: string;
          vehicle_id: string;
        };
        Update: {
          changed_by?: unknown;
          claimed_volume_ml?: number;
          claimed_weight_g?: number;
          closed?: boolean;
          driver_id?: string | null;
          ends_at?: string;
          finished_at?: string | null;
          id?: string;
          limit_volume_ml?: number;
          limit_weight_g?: number;
          node_id?: string;
          plan_version?: number;
          region_id?: string;
          return_leg_m?: number;
          return_leg_sec?: number;
          revision?: number;
          started_at?: string | null;
          starts_at?: string;
          state?: string;
          vehicle_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "shifts_driver_id_fkey";
            columns: ["driver_id"];
            isOneToOne: false;
            referencedRelation: "staff";
            referencedColumns: ["user_id"];
          },
          {
            foreignKeyName: "shifts_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "shifts_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "shifts_vehicle_id_fkey";
            columns: ["vehicle_id"];
            isOneToOne: false;
            referencedRelation: "vehicles";
            referencedColumns: ["id"];
          },
        ];
      };
      skus: {
        Row: {
          category: string;
          id: string;
          kept_with: string | null;
          name: string;
          price_cents: number;
          temperature: string;
          volume_ml: number;
          weight_g: number;
        };
        ComputedFields: never;
        Insert: {
          category: string;
          id: string;
          kept_with?: string | null;
          name: string;
          price_cents: number;
          temperature: string;
          volume_ml: number;
          weight_g: number;
        };
        Update: {
          category?: string;
          id?: string;
          kept_with?: string | null;
          name?: string;
          price_cents?: number;
          temperature?: string;
          volume_ml?: number;
          weight_g?: number;
        };
        Relationships: [];
      };
      sourcing_rules: {
        Row: {
          busy_hour_cents: number;
          busy_percent: number;
          busy_weight_percent: number;
          carrier_weight_percent: number;
          handling_weight_percent: number;
          least_part_cents: number;
          most_nodes: number;
          picking_weight_percent: number;
          region_id: string;
          route_weight_percent: number;
          split_cents: number;
          split_weight_percent: number;
          transfer_weight_percent: number;
        };
        ComputedFields: never;
        Insert: {
          busy_hour_cents?: number;
          busy_percent?: number;
          busy_weight_percent?: number;
          carrier_weight_percent?: number;
          handling_weight_percent?: number;
          least_part_cents?: number;
          most_nodes?: number;
          picking_weight_percent?: number;
          region_id: string;
          route_weight_percent?: number;
          split_cents?: number;
          split_weight_percent?: number;
          transfer_weight_percent?: number;
        };
        Update: {
          busy_hour_cents?: number;
          busy_percent?: number;
          busy_weight_percent?: number;
          carrier_weight_percent?: number;
          handling_weight_percent?: number;
          least_part_cents?: number;
          most_nodes?: number;
          picking_weight_percent?: number;
          region_id?: string;
          route_weight_percent?: number;
          split_cents?: number;
          split_weight_percent?: number;
          transfer_weight_percent?: number;
        };
        Relationships: [
          {
            foreignKeyName: "sourcing_rules_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: true;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      staff: {
        Row: {
          name: string;
          role: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          name: string;
          role: string;
          user_id: string;
        };
        Update: {
          name?: string;
          role?: string;
          user_id?: string;
        };
        Relationships: [];
      };
      staff_nodes: {
        Row: {
          node_id: string;
          user_id: string;
        };
        ComputedFields: never;
        Insert: {
          node_id: string;
          user_id: string;
        };
        Update: {
          node_id?: string;
          user_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "staff_nodes_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "staff_nodes_user_id_fkey";
            columns: ["user_id"];
            isOneToOne: false;
            referencedRelation: "staff";
            referencedColumns: ["user_id"];
          },
        ];
      };
      stock_events: {
        Row: {
          at: string;
          event_id: string;
          id: number;
          kind: string;
          node_id: string;
          received_at: string;
          seq: number;
          sku_id: string;
          source: string;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          at: string;
          event_id: string;
          id?: never;
          kind: string;
          node_id: string;
          received_at: string;
          seq: number;
          sku_id: string;
          source: string;
          units: number;
        };
        Update: {
          at?: string;
          event_id?: string;
          id?: never;
          kind?: string;
          node_id?: string;
          received_at?: string;
          seq?: number;
          sku_id?: string;
          source?: string;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "stock_events_node_id_sku_id_fkey";
            columns: ["node_id", "sku_id"];
            isOneToOne: false;
            referencedRelation: "inventory_levels";
            referencedColumns: ["node_id", "sku_id"];
          },
        ];
      };
      stock_freshness_steps: {
        Row: {
          after_hours: number;
          held_back_percent: number;
          region_id: string;
        };
        ComputedFields: never;
        Insert: {
          after_hours: number;
          held_back_percent: number;
          region_id: string;
        };
        Update: {
          after_hours?: number;
          held_back_percent?: number;
          region_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "stock_freshness_steps_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      stock_movements: {
        Row: {
          at: string;
          hold_id: string | null;
          id: number;
          node_id: string;
          reason: string;
          sku_id: string;
          stock_event_id: number | null;
          units: number;
        };
        ComputedFields: never;
        Insert: {
          at?: string;
          hold_id?: string | null;
          id?: never;
          node_id: string;
          reason: string;
          sku_id: string;
          stock_event_id?: number | null;
          units: number;
        };
        Update: {
          at?: string;
          hold_id?: string | null;
          id?: never;
          node_id?: string;
          reason?: string;
          sku_id?: string;
          stock_event_id?: number | null;
          units?: number;
        };
        Relationships: [
          {
            foreignKeyName: "stock_movements_node_id_sku_id_fkey";
            columns: ["node_id", "sku_id"];
            isOneToOne: false;
            referencedRelation: "inventory_levels";
            referencedColumns: ["node_id", "sku_id"];
          },
          {
            foreignKeyName: "stock_movements_stock_event_id_fkey";
            columns: ["stock_event_id"];
            isOneToOne: false;
            referencedRelation: "stock_events";
            referencedColumns: ["id"];
          },
        ];
      };
      stops: {
        Row: {
          arrive_at: string;
          arrived_at: string | null;
          depart_at: string;
          eta_at: string | null;
          fail_reason: string | null;
          finished_at: string | null;
          hold_id: string;
          id: string;
          lat: number;
          left_with: string | null;
          leg_m: number;
          leg_sec: number;
          lng: number;
          position: number;
          service_sec: number;
          shift_id: string;
          start_at: string;
          state: string;
          volume_ml: number;
          weight_g: number;
          window_ends_at: string;
          window_starts_at: string;
        };
        ComputedFields: never;
        Insert: {
          arrive_at: string;
          arrived_at?: string | null;
          depart_at: string;
          eta_at?: string | null;
          fail_reason?: string | null;
          finished_at?: string | null;
          hold_id: string;
          id: string;
          lat: number;
          left_with?: string | null;
          leg_m: number;
          leg_sec: number;
          lng: number;
          position: number;
          service_sec: number;
          shift_id: string;
          start_at: string;
          state?: string;
          volume_ml: number;
          weight_g: number;
          window_ends_at: string;
          window_starts_at: string;
        };
        Update: {
          arrive_at?: string;
          arrived_at?: string | null;
          depart_at?: string;
          eta_at?: string | null;
          fail_reason?: string | null;
          finished_at?: string | null;
          hold_id?: string;
          id?: string;
          lat?: number;
          left_with?: string | null;
          leg_m?: number;
          leg_sec?: number;
          lng?: number;
          position?: number;
          service_sec?: number;
          shift_id?: string;
          start_at?: string;
          state?: string;
          volume_ml?: number;
          weight_g?: number;
          window_ends_at?: string;
          window_starts_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "stops_hold_id_fkey";
            columns: ["hold_id"];
            isOneToOne: true;
            referencedRelation: "holds";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "stops_shift_id_fkey";
            columns: ["shift_id"];
            isOneToOne: false;
            referencedRelation: "shifts";
            referencedColumns: ["id"];
          },
        ];
      };
      vehicles: {
        Row: {
          carries_chilled: boolean;
          carries_frozen: boolean;
          hour_cents: number;
          id: string;
          km_cents: number;
          limit_volume_ml: number;
          limit_weight_g: number;
          name: string;
          node_id: string;
          shift_cents: number;
        };
        ComputedFields: never;
        Insert: {
          carries_chilled: boolean;
          carries_frozen: boolean;
          hour_cents: number;
          id: string;
          km_cents: number;
          limit_volume_ml: number;
          limit_weight_g: number;
          name: string;
          node_id: string;
          shift_cents?: number;
        };
        Update: {
          carries_chilled?: boolean;
          carries_frozen?: boolean;
          hour_cents?: number;
          id?: string;
          km_cents?: number;
          limit_volume_ml?: number;
          limit_weight_g?: number;
          name?: string;
          node_id?: string;
          shift_cents?: number;
        };
        Relationships: [
          {
            foreignKeyName: "vehicles_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
      window_cut_offs: {
        Row: {
          node_id: string;
          order_by_at: string;
          window_id: string;
        };
        ComputedFields: never;
        Insert: {
          node_id: string;
          order_by_at: string;
          window_id: string;
        };
        Update: {
          node_id?: string;
          order_by_at?: string;
          window_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "window_cut_offs_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "window_cut_offs_window_id_fkey";
            columns: ["window_id"];
            isOneToOne: false;
            referencedRelation: "windows";
            referencedColumns: ["id"];
          },
        ];
      };
      window_rules: {
        Row: {
          ends: string;
          limit_orders: number | null;
          price_cents: number;
          region_id: string;
          service: string;
          starts: string;
          weekday: number;
        };
        ComputedFields: never;
        Insert: {
          ends: string;
          limit_orders?: number | null;
          price_cents: number;
          region_id: string;
          service: string;
          starts: string;
          weekday: number;
        };
        Update: {
          ends?: string;
          limit_orders?: number | null;
          price_cents?: number;
          region_id?: string;
          service?: string;
          starts?: string;
          weekday?: number;
        };
        Relationships: [
          {
            foreignKeyName: "window_rules_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      windows: {
        Row: {
          closed: boolean;
          ends_at: string;
          id: string;
          order_by_at: string | null;
          price_cents: number;
          region_id: string;
          starts_at: string;
        };
        ComputedFields: never;
        Insert: {
          closed?: boolean;
          ends_at: string;
          id?: string;
          order_by_at?: string | null;
          price_cents: number;
          region_id: string;
          starts_at: string;
        };
        Update: {
          closed?: boolean;
          ends_at?: string;
          id?: string;
          order_by_at?: string | null;
          price_cents?: number;
          region_id?: string;
          starts_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "windows_region_id_fkey";
            columns: ["region_id"];
            isOneToOne: false;
            referencedRelation: "regions";
            referencedColumns: ["id"];
          },
        ];
      };
      work_buckets: {
        Row: {
          changed_by: unknown;
          claimed_by: NonNullable<Json>;
          claimed_sec: number;
          limit_sec: number;
          node_id: string;
          revision: number;
          starts_at: string;
          target_sec: number;
          usual_sec: number | null;
        };
        ComputedFields: never;
        Insert: {
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_sec?: number;
          limit_sec: number;
          node_id: string;
          revision?: number;
          starts_at: string;
          target_sec: number;
          usual_sec?: number | null;
        };
        Update: {
          changed_by?: unknown;
          claimed_by?: NonNullable<Json>;
          claimed_sec?: number;
          limit_sec?: number;
          node_id?: string;
          revision?: number;
          starts_at?: string;
          target_sec?: number;
          usual_sec?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "work_buckets_node_id_fkey";
            columns: ["node_id"];
            isOneToOne: false;
            referencedRelation: "nodes";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: {
      [_ in never]: never;
    };
    Functions: {
      [_ in never]: never;
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"] | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  app: {
    Enums: {},
  },
  public: {
    Enums: {},
  },
} as const;
